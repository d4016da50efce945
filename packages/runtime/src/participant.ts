/**
 * What a participant that runs is made of: its services, its log, how it is asked how it is.
 *
 * @packageDocumentation
 */
export {
  participantServices,
  type Participant,
  type ParticipantInit,
  type ParticipantServices,
} from './participant/participant.ts'
export { workerService, type WorkerServiceInit } from './worker/service.ts'
export { createMonitoring, type Monitoring, type MonitoringInit } from './monitoring.ts'
export { createLog, type Log, type LogInit, type LogLevel } from './log.ts'
