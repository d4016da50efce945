import type { Health } from '@bzzz/runtime'
import { fit, line, span, visible, type Line, type Tone } from '@bzzz/runtime/terminal'
import { RowsView, type Row } from './rows-view.ts'
import { whenOf } from './say.ts'
import type { KeyHelp } from './stage.ts'

const TONES: Readonly<Record<Health['status'], Tone>> = {
  ok: 'good',
  degraded: 'warn',
  down: 'bad',
}

/** Who is on the mesh, and how the services of this node are. */
export class PeersView extends RowsView {
  readonly title = 'Peers and health'
  readonly keys: readonly KeyHelp[] = [['R', 'read anew']]
  #health: ReadonlyMap<string, Health> = new Map()

  override get note(): string {
    const peers = this.stage.source.peers().length
    return `${peers} ${peers === 1 ? 'peer' : 'peers'}`
  }

  load(): void {
    this.stage.run(
      this,
      'Asking the services',
      async () => this.stage.source.health(),
      (health) => this.#show(health),
    )
  }

  /** Quietly: a spinner each second says nothing. */
  onSecond(): void {
    void this.stage.source.health().then(
      (health) => this.#show(health),
      // Said where it was asked for.
      () => {},
    )
  }

  #show(health: ReadonlyMap<string, Health>): void {
    this.#health = health
    this.changed()
    this.stage.redraw()
  }

  override press(key: string): boolean {
    if (key !== 'R') return super.press(key)
    this.load()
    return true
  }

  protected rows(width: number): readonly Row[] {
    const { source, now } = this.stage
    const { mesh, reason } = source.standing
    const says = {
      joining: 'This node is joining the mesh.',
      joined: 'This node is on the mesh.',
      alone: 'There is no mesh here: contexts and decisions are those of this home.',
    }[mesh]
    const peers = source.peers().map(({ did, about, since, rttMs }): Line => {
      const roles = about.roles?.length ? ` (${about.roles.join(', ')})` : ''
      const kind = fit(visible(`${about.kind ?? 'unknown'}${roles}`), 22)
      const rtt = rttMs === undefined ? '' : `${Math.round(rttMs)} ms`
      const age = since === undefined ? '' : ` ${Math.floor((now() - since) / 60_000)} min`
      const room = Math.max(12, width - 22 - 26)
      return [span(kind), span(` ${fit(did, room)}`, 'dim'), span(fit(` ${rtt}`, 9)), span(age)]
    })
    const missing = source
      .missing()
      .map(({ address, reason: why }): Line => [
        span('not reached  ', 'warn'),
        span(`${visible(address)}  ${visible(why)}`),
      ])
    const services = [...this.#health].map(([name, { status, reason: why, details }]): Line => [
      span(fit(status, 10), TONES[status]),
      span(fit(visible(name), 13)),
      span(visible(why ?? ''), 'warn'),
      span(
        details === undefined || why !== undefined ? '' : visible(JSON.stringify(details)),
        'dim',
      ),
    ])
    const lines: Line[] = [
      line(says),
      ...(reason === undefined ? [] : [line(visible(reason), 'warn')]),
      [],
      line('Peers', 'title'),
      ...(peers.length === 0 ? [line('Nobody is connected.', 'dim')] : peers),
      ...missing,
      [],
      line('Services', 'title'),
      ...(services.length === 0 ? [line('None that is known of.', 'dim')] : services),
      [],
      [
        span('You are ', 'dim'),
        span(`${source.self.name}:${source.self.roles.join(',')}  ${source.did}`),
      ],
      [span(`It is ${whenOf(now())} UTC.`, 'dim')],
    ]
    return lines.map((one) => ({ line: one }))
  }
}
