import { digest } from './chain.ts'
import type { Ledger } from './ledger.ts'
import { holds, known } from './refusal.ts'

const PHASE_MS = 60_000
const DEPOSITS = 'auctions'

interface Bid {
  readonly seal: string
  readonly deposit: bigint
  bid: bigint | undefined
}

interface Auction {
  readonly id: string
  readonly name: string
  readonly revealsAt: number
  readonly closesAt: number
  readonly bids: Map<string, Bid>
  isClaimed: boolean
}

/** What seals a bid. */
export function sealOf(bidder: string, bid: bigint, salt: string): string {
  return digest('bid', bidder, String(bid), salt)
}

/** Names, by sealed bids: the highest wins and pays what the second bid. */
export class Names {
  readonly owners = new Map<string, string>()
  readonly #auctions = new Map<string, Auction>()
  readonly #running = new Map<string, Auction>()
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  commit(
    id: string,
    bidder: string,
    name: string,
    seal: string,
    deposit: bigint,
    now: number,
  ): string {
    holds(!this.owners.has(name), 'The name is taken')
    let auction = this.#unlessLost(this.#running.get(name), now)
    if (auction) {
      holds(now < auction.revealsAt, 'Bids are not taken any more')
      holds(!auction.bids.has(bidder), 'The account has bid')
    }
    this.#ledger.move(bidder, DEPOSITS, 'AX', deposit)
    if (!auction) {
      auction = {
        id,
        name,
        revealsAt: now + PHASE_MS,
        closesAt: now + 2 * PHASE_MS,
        bids: new Map(),
        isClaimed: false,
      }
      this.#auctions.set(id, auction)
      this.#running.set(name, auction)
    }
    auction.bids.set(bidder, { seal, deposit, bid: undefined })
    return auction.id
  }

  /** One that nobody won is over: its deposits are lost, and bids begin anew. */
  #unlessLost(auction: Auction | undefined, now: number): Auction | undefined {
    if (!auction || now < auction.closesAt || outcome(auction).winner) return auction
    for (const { deposit } of auction.bids.values()) {
      this.#ledger.move(DEPOSITS, 'treasury', 'AX', deposit)
    }
    auction.bids.clear()
    return undefined
  }

  reveal(id: string, bidder: string, bid: bigint, salt: string, now: number): void {
    const auction = known('auction', this.#auctions.get(id))
    const sealed = known('bid', auction.bids.get(bidder))
    holds(now >= auction.revealsAt && now < auction.closesAt, 'It is not the time to reveal')
    holds(sealed.bid === undefined, 'The bid was revealed')
    holds(sealed.seal === sealOf(bidder, bid, salt), 'The seal is of another bid')
    holds(bid <= sealed.deposit, 'The deposit does not cover the bid')
    sealed.bid = bid
  }

  claim(id: string, bidder: string, now: number): void {
    const auction = known('auction', this.#auctions.get(id))
    holds(now >= auction.closesAt, 'The auction goes on')
    holds(!auction.isClaimed, 'The name was claimed')
    const { winner, price } = outcome(auction)
    holds(winner === bidder, 'Another account won, or none')
    auction.isClaimed = true
    for (const [account, { bid, deposit }] of auction.bids) {
      const cost = account === winner ? price : 0n
      // Who sealed a bid and did not reveal it loses the deposit: else one could bid and look first.
      const back = bid === undefined ? 0n : deposit - cost
      this.#ledger.moveIfAny(DEPOSITS, account, 'AX', back)
      this.#ledger.moveIfAny(DEPOSITS, 'treasury', 'AX', deposit - back)
    }
    this.owners.set(auction.name, bidder)
    this.#running.delete(auction.name)
  }

  show(id: string, now: number) {
    const auction = known('auction', this.#auctions.get(id))
    const { name, revealsAt, closesAt, bids, isClaimed } = auction
    const isOver = now >= closesAt
    const { winner, price } = isOver ? outcome(auction) : { winner: undefined, price: 0n }
    const phase = now < revealsAt ? ('commit' as const) : ('reveal' as const)
    const status = isClaimed ? ('claimed' as const) : isOver ? ('closed' as const) : phase
    return { id, name, status, bids: bids.size, winner: winner ?? null, price, revealsAt, closesAt }
  }

  all(now: number) {
    return [...this.#auctions.keys()].map((id) => this.show(id, now))
  }
}

function outcome({ bids }: Auction): { winner: string | undefined; price: bigint } {
  const revealed = [...bids].flatMap(([account, { bid }]) =>
    bid === undefined ? [] : [{ account, bid }],
  )
  const [first, second] = revealed.toSorted((a, b) => (a.bid > b.bid ? -1 : Number(a.bid < b.bid)))
  return { winner: first?.account, price: second?.bid ?? 1n }
}
