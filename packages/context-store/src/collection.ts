/** The collection that a timeline belongs to, all of one agent in one project: `agent@project` of its key. */
export function collectionOf(key: string): string {
  const [, agent = '', project = ''] = /^([^:]*):[^@]*@([^:]*):/.exec(key) ?? []
  return `${agent}@${project}`
}
