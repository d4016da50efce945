import type { Graph, GraphLink, GraphNode } from './format-graph.ts'

const COLOURS = { verified: '#2e7d32', unverified: '#9e9e9e', broken: '#c62828' } as const

/** For Graphviz. */
export function toDot({ nodes, links }: Graph): string {
  const lines = [
    ...nodes.map((node) => {
      const shape = node.kind === 'decision' ? 'box' : 'note'
      const style = node.kind === 'missing' ? ', style=dashed' : ''
      return `  ${dotText(node.id)} [label=${dotText(captionOf(node).join('\n'))}, shape=${shape}${style}];`
    }),
    ...links.map((link) => {
      const colour = link.verdict ? `, color=${dotText(COLOURS[link.verdict])}` : ''
      return `  ${dotText(link.from)} -> ${dotText(link.to)} [label=${dotText(oneLine(link.type))}${colour}];`
    }),
  ]
  return `digraph decisions {\n  rankdir=BT;\n${lines.join('\n')}\n}\n`
}

/** For Mermaid, which GitHub and many others draw. */
export function toMermaid({ nodes, links }: Graph): string {
  const names = new Map(nodes.map(({ id }, place) => [id, `n${place}`]))
  const lines = [
    ...nodes.map((node) => {
      const text = captionOf(node).map(mermaidText).join('<br/>')
      const [open, close] = node.kind === 'decision' ? ['["', '"]'] : ['(["', '"])']
      return `  ${names.get(node.id)}${open}${text}${close}`
    }),
    ...links.flatMap((link) => {
      const [from, to] = [names.get(link.from), names.get(link.to)]
      const arrow = link.verdict === 'verified' || !link.verdict ? '-->' : '-.->'
      const text = link.verdict === 'broken' ? `${link.type} (broken)` : link.type
      return from && to ? [`  ${from} ${arrow}|"${mermaidText(text)}"| ${to}`] : []
    }),
  ]
  return `flowchart BT\n${lines.join('\n')}\n`
}

const KEYS = ['title', 'kind', 'type', 'status'] as const
const LINK_KEYS = ['type', 'verdict'] as const

/** For Gephi, yEd, NetworkX and the like. */
export function toGraphml({ nodes, links }: Graph): string {
  const lines = [
    ...KEYS.map(
      (name) => `  <key id="${name}" for="node" attr.name="${name}" attr.type="string"/>`,
    ),
    ...LINK_KEYS.map(
      (name) => `  <key id="link-${name}" for="edge" attr.name="${name}" attr.type="string"/>`,
    ),
    '  <graph id="decisions" edgedefault="directed">',
    ...nodes.map((node) => `    <node id="${xmlText(node.id)}">${dataOf(node, KEYS, '')}</node>`),
    ...links.map(
      (link) =>
        `    <edge source="${xmlText(link.from)}" target="${xmlText(link.to)}">${dataOf(link, LINK_KEYS, 'link-')}</edge>`,
    ),
    '  </graph>',
  ]
  return `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n${lines.join('\n')}\n</graphml>\n`
}

function dataOf<Thing extends GraphNode | GraphLink>(
  thing: Thing,
  names: readonly (keyof Thing & string)[],
  prefix: string,
): string {
  return names
    .map((name) => {
      const value = thing[name]
      return typeof value === 'string'
        ? `<data key="${prefix}${name}">${xmlText(value)}</data>`
        : ''
    })
    .join('')
}

/** What stands in a box: its title, and what it is. */
function captionOf({ title, kind, type, status }: GraphNode): string[] {
  const what = [type, status].filter((word) => word !== undefined).join(', ')
  const said = kind === 'decision' ? what : kind
  return said === '' ? [oneLine(title)] : [oneLine(title), said]
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** A string of the DOT language. A backslash would begin an escape of its labels. */
function dotText(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, '\uFFFD')
  return `"${escaped}"`
}

/** Mermaid reads `#name;` and `#number;` as characters. All that could mean something else is one. */
function mermaidText(text: string): string {
  const said = oneLine(text)
  // There is no empty text between quotes in it.
  if (said === '') return ' '
  return said.replaceAll(/[^\p{L}\p{N} .,:/@_+-]/gu, (mark) => `#${mark.codePointAt(0)};`)
}

/** Text of XML 1.0, in quotes too; what it cannot carry is replaced. */
function xmlText(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- these are what XML does not allow
      .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`)
  )
}
