import { onOff, parsed } from "@runner-connector/cli/installation"
import { Config, Either, LogLevel, Option } from "effect"

/** The forms of a line. */
export type LogFormat = "pretty" | "json" | "logfmt"

/** What the server logs. */
export interface LogSettings {
  readonly logFormat: LogFormat
  readonly logLevel: LogLevel.LogLevel
  readonly accessLog: boolean
}

const formats: ReadonlyArray<string> = ["pretty", "json", "logfmt"]

const isFormat = (text: string): text is LogFormat => formats.includes(text)

const levels: Readonly<Record<string, LogLevel.LogLevel>> = {
  trace: LogLevel.Trace,
  debug: LogLevel.Debug,
  info: LogLevel.Info,
  warning: LogLevel.Warning,
  error: LogLevel.Error,
  none: LogLevel.None
}

const format = parsed(
  "LOG_FORMAT",
  "Default: `pretty` on a terminal, otherwise `logfmt`. `pretty`, `json` or `logfmt`: the form of the log. One line, or one JSON object, for each entry.",
  (text) => (isFormat(text) ? Either.right(text) : Either.left(`expected one of ${formats.join(", ")}`))
)

const level = parsed(
  "LOG_LEVEL",
  "Default: `info`. The least important entries that are logged: `trace`, `debug`, `info`, `warning`, `error` or `none`.",
  (text) => Either.fromNullable(levels[text.toLowerCase()], () => `expected one of ${Object.keys(levels).join(", ")}`)
)

/** The settings of the log. */
export const log: Config.Config<LogSettings> = Config.map(
  Config.all({
    format,
    level,
    access: Config.withDefault(
      Config.withDescription(onOff("ACCESS_LOG"), "`on`: log one line for each HTTP request, without its secrets."),
      "off"
    )
  }),
  ({ access, format, level }) => ({
    logFormat: Option.getOrElse(format, () => (process.stdout.isTTY ? "pretty" : "logfmt")),
    logLevel: Option.getOrElse(level, () => LogLevel.Info),
    accessLog: access === "on"
  })
)
