import { Cause, HashMap, Layer, Logger, LogLevel } from "effect"
import type { ConnectorOptions } from "../options/ConnectorOptions.ts"
import type { LogLevel as Level, LogEntry } from "../options/LogEntry.ts"
import { toPlain } from "../plain/toPlain.ts"

const levels: Readonly<Record<Level | "none", LogLevel.LogLevel>> = {
  debug: LogLevel.Debug,
  info: LogLevel.Info,
  warn: LogLevel.Warning,
  error: LogLevel.Error,
  none: LogLevel.None
}

const levelOf = (level: LogLevel.LogLevel): Level => {
  if (LogLevel.greaterThanEqual(level, LogLevel.Error)) return "error"
  if (LogLevel.greaterThanEqual(level, LogLevel.Warning)) return "warn"
  return LogLevel.greaterThanEqual(level, LogLevel.Info) ? "info" : "debug"
}

const textOf = (part: unknown): string => {
  if (typeof part === "string") return part
  return part instanceof Error ? part.message : JSON.stringify(toPlain(part))
}

const parts = (message: unknown): ReadonlyArray<unknown> => (Array.isArray(message) ? message : [message])

const entryOf = ({ annotations, cause, date, logLevel, message }: Logger.Logger.Options<unknown>): LogEntry => ({
  level: levelOf(logLevel),
  message: parts(message).map(textOf).join(" "),
  time: date,
  fields: toPlain(Object.fromEntries(HashMap.toEntries(annotations))),
  ...(Cause.isEmpty(cause) ? {} : { error: Cause.pretty(cause, { renderErrorCause: true }) })
})

const toConsole = ({ error, fields, level, message }: LogEntry): void => {
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`)
  const line = [`runner-connector: ${message}`, ...facts].join(" ")
  console[level](error === undefined ? line : `${line}\n${error}`)
}

/** Sends the log to the application's function, or its warnings and errors to the console. */
export const layer = ({ logger, logLevel }: ConnectorOptions): Layer.Layer<never> => {
  const write = logger ?? toConsole
  const least = levels[logLevel ?? (logger === undefined ? "warn" : "info")]
  return Layer.merge(
    Logger.replace(
      Logger.defaultLogger,
      Logger.make((options) => write(entryOf(options)))
    ),
    Logger.minimumLogLevel(least)
  )
}
