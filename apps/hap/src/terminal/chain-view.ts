import type { Chain } from '@bzzz/decision-schema/chains'
import { chainEntries } from '../chain-lines.ts'
import { line, type Tone } from './line.ts'
import { RowsView, type Row } from './rows-view.ts'
import { shortOf } from './say.ts'
import type { KeyHelp, Stage } from './stage.ts'
import { visible } from './text.ts'

/** What a decision rests on, or what would fall with it: a tree, each link with its verdict. */
export class ChainView extends RowsView {
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'follow'],
    ['Backspace', 'back'],
  ]
  readonly #address: string
  readonly #kind: 'why' | 'impact'
  #chain: Chain | undefined

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
        if (this.#kind === 'why') return graph.why(this.#address, { signal })
        return graph.consequences(this.#address, { contexts: true, signal })
      },
      (chain) => {
        this.#chain = chain
        this.changed({ toTop: true })
      },
    )
  }

  protected rows(width: number): readonly Row[] {
    if (!this.#chain) return []
    const entries = chainEntries(this.#chain, this.#kind === 'why' ? 'to' : 'from')
    const start = this.#chain.nodes[0]?.address
    return entries.map(({ text, address }) => ({
      line: line(shortened(visible(text), width), toneOf(text)),
      ...(address !== undefined && address !== start && { open: () => this.stage.show(address) }),
    }))
  }
}

/** Deep links keep their words: what is cut is the space in front. */
function shortened(text: string, width: number): string {
  const indent = /^ */.exec(text)?.[0].length ?? 0
  const most = Math.floor(width / 3)
  return indent <= most ? text : `${' '.repeat(most - 1)}»${text.slice(indent)}`
}

function toneOf(text: string): Tone {
  const [, verdict] = /\[(verified|unverified|broken)[^[]*\](?: …)?$/.exec(text) ?? []
  if (verdict === undefined) return 'plain'
  return verdict === 'verified' ? 'good' : verdict === 'broken' ? 'bad' : 'warn'
}
