import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { importRecords } from '@bzzz/importers'

const folder = mkdtempSync(`${tmpdir()}/records-`)
const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args])
git('init', '--quiet')
for (const status of ['proposed', 'accepted']) {
  writeFileSync(`${folder}/0001-use-sqlite.md`, `# Use SQLite\n\n## Status\n\n${status}\n`)
  git('add', '.')
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-qm', status)
}

const store = createMemoryStore({ writer: generateIdentity() })
const { versions } = await importRecords({ path: folder }, { store, project: 'shop' })
assert.equal(versions, 2)

const address = 'ucxl://importer:archivist@shop:decisions/*~1/0001-use-sqlite.md'
const { content } = await store.get(address)
assert.match(new TextDecoder().decode(content), /proposed/)
rmSync(folder, { recursive: true })
