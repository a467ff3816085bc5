/** The weight of a log entry. */
export type LogLevel = "debug" | "info" | "warn" | "error"

/** One entry of the log. */
export interface LogEntry {
  readonly level: LogLevel
  readonly message: string
  readonly time: Date
  /** Facts, such as the number of a runner or the id of a job. Never a secret. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The error that is logged, as text with its stack. */
  readonly error?: string | undefined
}

/** Receives the log. */
export type Logger = (entry: LogEntry) => void
