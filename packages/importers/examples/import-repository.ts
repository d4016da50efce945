import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { importDecisions } from '@bzzz/importers'

const folder = mkdtempSync(`${tmpdir()}/records-`)
const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args])
git('init', '--quiet')
const commit = (file: string, text: string) => {
  writeFileSync(`${folder}/${file}`, text)
  git('add', '.')
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-qm', 'Decide')
}
commit('0001-use-sqlite.md', '# Use SQLite\n\n## Status\n\naccepted\n')
commit(
  '0002-one-file.md',
  '# One file\n\n* Status: accepted\n\nDepends on [it](0001-use-sqlite.md).\n',
)

const identity = generateIdentity()
const store = createMemoryStore({ writer: identity })
const { decisions } = await importDecisions({ path: folder }, { store, identity, project: 'shop' })
assert.equal(decisions.versions, 2)

const { content } = await store.get(
  'ucxl://importer:archivist@shop:decisions/*^/0002-one-file.md.json',
)
const { status, citations } = JSON.parse(new TextDecoder().decode(content))
assert.equal(status, 'accepted')
assert.equal(citations[0].type, 'requires')
assert.equal(citations[0].version, 1) // pinned to what was there when it was written
rmSync(folder, { recursive: true })
