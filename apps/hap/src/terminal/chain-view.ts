import type { Chain, LinkVerdict } from '@bzzz/decision-schema/chains'
import { span, spread, visible, type Tone } from '@bzzz/runtime/terminal'
import { contradictionsOf } from '../ask.ts'
import {
  chainEntries,
  contradictionEntries,
  verdictOf,
  type ChainLine,
  type Contradictions,
} from '../chain-lines.ts'
import { RowsView, type Row } from './rows-view.ts'
import { shortOf } from './say.ts'
import type { KeyHelp, Stage } from './stage.ts'

const TONES: Readonly<Record<LinkVerdict['status'], Tone>> = {
  verified: 'good',
  unverified: 'warn',
  broken: 'bad',
}

/** What a decision rests on, or what would fall with it: a tree, each link with its verdict. */
export class ChainView extends RowsView {
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'follow'],
    ['Backspace', 'back'],
  ]
  readonly #address: string
  readonly #kind: 'why' | 'impact'
  #chain: Chain | undefined
  #against: Contradictions | undefined

  constructor(stage: Stage, address: string, kind: 'why' | 'impact') {
    super(stage)
    this.#address = address
    this.#kind = kind
  }

  get title(): string {
    const what = this.#kind === 'why' ? 'Why' : 'What would fall with'
    return `${what} ${shortOf(this.#address)}`
  }

  override get note(): string {
    const links = this.#chain?.links.length
    return links === undefined ? '' : `${links} ${links === 1 ? 'link' : 'links'}`
  }

  load(): void {
    this.stage.run(
      this,
      'Following the links',
      async (signal) => {
        const graph = await this.stage.source.graph({ signal })
        const follow =
          this.#kind === 'why'
            ? graph.why(this.#address, { signal })
            : graph.consequences(this.#address, { contexts: true, signal })
        // Nothing rests on a contradiction, so that no chain has it: it is told beside it.
        const [chain, against] = await Promise.all([
          follow,
          contradictionsOf(graph, this.#address, signal),
        ])
        return { chain, against }
      },
      ({ chain, against }) => {
        this.#chain = chain
        this.#against = against
        this.changed({ toTop: true })
      },
    )
  }

  protected rows(width: number): readonly Row[] {
    if (!this.#chain) return []
    const entries: ChainLine[] = [
      ...chainEntries(this.#chain, this.#kind === 'why' ? 'to' : 'from'),
      ...(this.#against ? contradictionEntries(this.#against) : []),
    ]
    const start = this.#chain.nodes[0]?.address
    return entries.map((entry) => {
      const { text, address, verdict } = entry
      const said = verdictOf(entry)
      const room = width - said.length - 1
      return {
        // The verdict is what one looks for: it is never cut.
        line: spread(
          [span(shortened(visible(text), room))],
          [span(said, verdict ? TONES[verdict.status] : 'plain')],
          width,
        ),
        ...(address !== undefined && address !== start && { open: () => this.stage.show(address) }),
      }
    })
  }
}

/** Deep links keep their words: what is cut is the space in front. */
function shortened(text: string, width: number): string {
  const indent = /^ */.exec(text)?.[0].length ?? 0
  const most = Math.floor(width / 3)
  return indent <= most ? text : `${' '.repeat(most - 1)}»${text.slice(indent)}`
}
