import { isPattern, keyOf, parse } from '@bzzz/ucxl-address'
import { ChainView } from './chain-view.ts'
import { ContextView } from './context-view.ts'
import { ContextsView } from './contexts-view.ts'
import { DecisionsView } from './decisions-view.ts'
import { HelpView } from './help-view.ts'
import { InboxView } from './inbox-view.ts'
import { ComposeView } from './compose-view.ts'
import { jump } from './jump.ts'
import { Names } from './names.ts'
import { LogView } from './log-view.ts'
import { PeersView } from './peers-view.ts'
import { Portal, type PortalInit } from './portal.ts'
import type { Stage } from './stage.ts'
import type { Which } from './version.ts'

const COMPOSE = 5

/** A portal with all its views. */
export function createPortal(
  init: Pick<PortalInit, 'edit' | 'now' | 'schedule' | 'source'>,
): Portal {
  const names = new Names()
  let compose: ComposeView | undefined
  return new Portal({
    ...init,
    tabs: (stage) => {
      const inbox = new InboxView(stage)
      compose = new ComposeView(stage, names)
      return [
        { name: 'inbox', view: inbox, count: () => inbox.count },
        { name: 'contexts', view: new ContextsView(stage) },
        { name: 'decisions', view: new DecisionsView(stage) },
        { name: 'peers', view: new PeersView(stage) },
        { name: 'log', view: new LogView(stage) },
        { name: 'compose', view: compose },
      ]
    },
    jump: (stage) => jump(stage, names),
    help: (stage, view) => new HelpView(stage, view),
    compose: { tab: COMPOSE, answer: (item) => compose?.answer(item) },
    show,
    chain: (stage, address, kind) => stage.open(new ChainView(stage, address, kind)),
  })
}

/** Opens what an address means. @throws an AddressError where it is malformed. */
function show(stage: Stage, text: string): void {
  const address = parse(text.includes('://') ? text : `ucxl://${text}`)
  if (isPattern(address)) {
    stage.open(new ContextsView(stage, address))
    return
  }
  const { temporal } = address
  const which: Which =
    temporal.kind === 'version'
      ? { number: temporal.number }
      : temporal.kind === 'instant'
        ? { moment: Date.parse(temporal.instant) }
        : temporal.kind === 'latest'
          ? undefined
          : { address: address.toString() }
  stage.open(new ContextView(stage, keyOf(address), which))
}
