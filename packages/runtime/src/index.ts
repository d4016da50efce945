/**
 * What the apps share: services, configuration, health and logs, a home on disk, commands that end well.
 *
 * ```ts
 * const home = await openHome('/home/ada/.bzzz')
 * await home.graph() // the decisions in its store, as a graph to ask
 * await home.close()
 * ```
 *
 * What a participant runs on, `@bzzz/runtime/participant`, is an entry of its own: it loads the mesh, a server and
 * metrics, which most commands do without.
 *
 * @packageDocumentation
 */
export { addParticipantCommands, sourcesFor, type ParticipantApp } from './commands/add.ts'
export { addClusterCommands } from './commands/add-cluster.ts'
export { addFlags, type FlagsInit } from './commands/flags.ts'
export { findClashes, type Claims } from './configuration/clashes.ts'
export { parseFile, type ConfigurationFile } from './configuration/file.ts'
export { printConfiguration } from './configuration/print.ts'
export {
  readConfiguration,
  type Configuration,
  type ConfigurationSources,
  type Origin,
} from './configuration/read.ts'
export { jsonSchemaOf, settingsOf, type Setting } from './configuration/settings.ts'
export { RuntimeError, type RuntimeErrorCode } from './errors.ts'
export { lockFolder, type FolderLock } from './lock.ts'
export {
  startServices,
  type Health,
  type Phase,
  type Running,
  type Service,
  type ServiceEvent,
  type ServicesInit,
} from './services.ts'
export { runServices, type RunInit } from './run.ts'
export {
  agentSchema,
  claimsOf,
  DEFAULTS,
  participantSchema,
  schemaOf,
  type Kind,
  type LoadedConfiguration,
  type ParticipantConfiguration,
  type ParticipantDefaults,
} from './participant/configuration.ts'
export { loadConfiguration, PREFIX, type LoadOptions } from './participant/load.ts'
export { runParticipant } from './run-participant.ts'
export type { RunEnvironment } from './participant/run.ts'
export type { WorkerSettings } from './worker/settings.ts'
export { parseTask, type Task } from './tasks/task.ts'
export { openHome, type Home, type HomeInit } from './home.ts'
export { EXIT, exitCodeOf, runCommand, type CommandInit } from './command.ts'
export { createProgress, type Output, type Progress } from './progress.ts'
