// Starts one node, or bare libp2p, in a process of its own; tells as a line of JSON how long that took and
// what memory it needed, and ends with its standard input.
const kind = process.argv[2]
const memory = (): number => {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

const before = memory()
const begin = performance.now()
if (kind === 'node') {
  const { participant } = await import('./participant.ts')
  await participant(1)
} else {
  const { bareKad } = await import('./bare-kad.ts')
  await bareKad(1)
}
const ms = performance.now() - begin
console.log(JSON.stringify({ ms, before, after: memory() }))
process.stdin.resume().once('end', () => process.exit(0))
