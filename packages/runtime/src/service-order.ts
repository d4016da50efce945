import { RuntimeError } from './errors.ts'
import type { Service } from './services.ts'

/** Services, each after those that it needs. @throws `ERR_RUNTIME_SERVICES`. */
export function orderOf(services: readonly Service[]): Service[] {
  const byName = new Map<string, Service>()
  for (const service of services) {
    if (byName.has(service.name))
      throw new RuntimeError(
        'ERR_RUNTIME_SERVICES',
        `There are two services called ${service.name}`,
      )
    byName.set(service.name, service)
  }
  const ordered = new Set<Service>()
  const visit = (service: Service, path: readonly string[]): void => {
    if (ordered.has(service)) return
    const { name, needs = [] } = service
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' -> ')
      throw new RuntimeError('ERR_RUNTIME_SERVICES', `Services need one another: ${circle}`)
    }
    for (const need of needs) {
      const needed = byName.get(need)
      if (!needed)
        throw new RuntimeError('ERR_RUNTIME_SERVICES', `${name} needs ${need}, which is not there`)
      visit(needed, [...path, name])
    }
    ordered.add(service)
  }
  for (const service of services) visit(service, [])
  return [...ordered]
}
