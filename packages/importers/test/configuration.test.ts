import { chmodSync, chownSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importRecords } from '../src/index.ts'
import {
  adr,
  createRecords,
  createRepository,
  createStore,
  git,
  paths,
  stubEnv,
  temporaryFolder,
  timeline,
} from './repository.ts'

test('what the repository or the user configures changes nothing that is read, and runs nothing', async () => {
  const { path, git: run, commit } = createRepository()
  commit({ at: '2020-01-01T00:00:00Z', write: { 'docs/a b.md': adr('A') } })
  commit({ at: '2020-01-02T00:00:00Z', rename: { 'docs/a b.md': 'docs/ü.md' } })
  const marker = join(temporaryFolder(), 'ran')
  const program = join(temporaryFolder(), 'program')
  writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\n`)
  chmodSync(program, 0o755)
  for (const [name, value] of [
    ['log.showRoot', 'false'],
    ['log.follow', 'true'],
    ['log.showSignature', 'true'],
    ['log.diffMerges', 'off'],
    ['gpg.program', program],
    ['core.quotePath', 'true'],
    ['core.fsmonitor', program],
    ['core.pager', program],
    ['core.hooksPath', temporaryFolder()],
    ['diff.renames', 'false'],
    ['diff.relative', 'true'],
    ['diff.external', program],
    ['diff.orderFile', join(path, 'none')],
    ['color.ui', 'always'],
    ['i18n.logOutputEncoding', 'ISO-8859-1'],
  ] as const) {
    run('config', name, value)
  }
  const tree = run('rev-parse', 'HEAD^{tree}').trim()
  const signed = [
    `tree ${tree}`,
    `parent ${run('rev-parse', 'HEAD').trim()}`,
    'author Ada <a@example.org> 1577923200 +0000',
    'committer Ada <a@example.org> 1578009600 +0000',
    'gpgsig -----BEGIN PGP SIGNATURE-----',
    ' ',
    ' -----END PGP SIGNATURE-----',
    '',
    'Signed é\n',
  ].join('\n')
  // A signed commit that changes a record, so that its signature would be looked at.
  const blob = git(['-C', path, 'hash-object', '-w', '--stdin'], {}, adr('A', 'é')).trim()
  const docs = git(['-C', path, 'mktree'], {}, `100644 blob ${blob}\tü.md\n`).trim()
  const changed = git(['-C', path, 'mktree'], {}, `040000 tree ${docs}\tdocs\n`).trim()
  const commitId = git(
    ['-C', path, 'hash-object', '-t', 'commit', '-w', '--stdin'],
    {},
    signed.replace(tree, changed),
  ).trim()
  run('update-ref', 'refs/heads/main', commitId)
  run(
    'replace',
    run('rev-parse', 'main:docs/ü.md').trim(),
    run('rev-parse', 'main~1:docs/ü.md').trim(),
  )
  stubEnv('GIT_DIR', temporaryFolder())
  stubEnv('GIT_EXTERNAL_DIFF', program)
  const store = createStore()
  await importRecords({ path: join(path, 'docs') }, { store })
  expect(await paths(store)).toEqual(['%C3%BC.md'])
  const versions = await timeline(store, '%C3%BC.md')
  expect(versions.map(({ version }) => version.provenance?.['path'])).toEqual([
    'docs/a b.md',
    'docs/ü.md',
    'docs/ü.md',
  ])
  expect(versions[2]?.text).toBe(adr('A', 'é'))
  expect(versions[2]?.version.provenance?.['subject']).toBe('Signed é')
  expect(existsSync(marker)).toBe(false)
})

// Only root can give a folder away.
test.skipIf(process.getuid?.() !== 0)(
  "another user's repository is read only where the user's configuration trusts it",
  async () => {
    const { path } = createRecords()
    chownSync(path, 12_345, 12_345)
    chownSync(join(path, '.git'), 12_345, 12_345)
    const home = temporaryFolder()
    stubEnv('HOME', home)
    stubEnv('XDG_CONFIG_HOME', home)
    const store = createStore()
    await expect(importRecords({ path }, { store })).rejects.toMatchObject({
      code: 'ERR_IMPORT_GIT',
      message: expect.stringMatching(
        /safe\.directory[^]*The repository belongs to another user: if you trust it, /,
      ) as string,
    })
    writeFileSync(join(home, '.gitconfig'), `[safe]\n\tdirectory = ${path}\n`)
    expect(await importRecords({ path }, { store })).toMatchObject({ records: 1 })
  },
)
