import type { Life } from './life.ts'
import { FAULTS_MS } from './faults.ts'
import { wrongWith } from './invariants.ts'
import type { Member } from './member.ts'

const READS = 2
const KEYS = 3
// How often a writer waits for copies, and how often its power fails right after it has them.
const REPLICATED = 0.4
const CRASH_AFTER = 0.4

/** Draws what the members of a life do: they write, wait for copies, and read what others wrote. */
export function planWork(
  life: Life,
  { writers, writes }: { readonly writers: Member[]; readonly writes: number },
): void {
  const at = (): number => life.random() * FAULTS_MS
  for (let number = 0; number < writes; number++) {
    const [member, key] = [life.someone(writers), Math.floor(life.random() * KEYS)]
    life.at(at(), async () => write(life, member, { key, text: `${life.seed} ${number}` }))
  }
  for (let number = 0; number < READS; number++) {
    const [reader, writer] = [life.someone(), life.someone(writers)]
    const key = Math.floor(life.random() * KEYS)
    life.at(at(), async () => read(life, reader, addressOf(writer, key)))
  }
}

function addressOf({ agent }: Member, key: number): string {
  return `ucxl://${agent}:coder@shop:work/*^/${key}.md`
}

async function write(
  life: Life,
  member: Member,
  { key, text }: { readonly key: number; readonly text: string },
): Promise<void> {
  const { store, mesh } = member
  if (!member.isUp || !store || !mesh) return
  const address = addressOf(member, key)
  const isDeletion = life.random() < 0.1
  const content = isDeletion ? null : new TextEncoder().encode(text)
  const { id, record } = await store.put({ address, content })
  life.tell(`${member.agent} writes ${record.key} ${record.version}`)
  if (life.random() >= REPLICATED) {
    mesh.announce(member.collection)
    return
  }
  const wanted = { copies: 1 + Math.floor(life.random() * 2), timeoutMs: 5000 }
  const { copies, holders } = await mesh.replicate(address, wanted)
  if (copies === 0 || member.mesh !== mesh) return
  life.acknowledged.push({ key: record.key, version: record.version, id, holders })
  life.tell(`${record.key} ${record.version} has ${copies} copies`)
  if (life.random() < CRASH_AFTER) life.crash(member)
}

async function read(life: Life, { isUp, mesh }: Member, address: string): Promise<void> {
  if (!isUp || !mesh) return
  const consistency = life.random() < 0.5 ? 'latest' : 'cached'
  const found = await mesh.get(address, { consistency }).catch(() => undefined)
  const wrong = found && wrongWith(found)
  if (wrong) life.problems.push(`${address} was shown: ${wrong}`)
}
