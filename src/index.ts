// The library: what a program may import. It prints nothing, handles no signals and never ends the process.

export type { EngineName, LogLevel, RestartPolicy, SnapshotFormat } from './config/config.js'
export { type ErrorCode, EXIT_CODES, SkyflyError } from './errors.js'
export { type Server, type StartOptions, start } from './library.js'
export type { InstallEvent, OnInstall } from './servers/install/events.js'
export type { LastExit, Status } from './supervisor/status.js'
export type { StopReport } from './supervisor/stop/stop-report.js'
