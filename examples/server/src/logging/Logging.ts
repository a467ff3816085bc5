import { Cause, Effect, Layer, Logger } from "effect"
import { Settings } from "../Settings.ts"
import type { LogFormat } from "./LogSettings.ts"
import { Outage, outageIn } from "./Outage.ts"
import { prettyLine } from "./prettyLine.ts"

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR

/** The loggers by format. All write to stdout. */
const writers: Readonly<Record<LogFormat, Logger.Logger<unknown, unknown>>> = {
  pretty: Logger.withConsoleLog(Logger.make((entry) => prettyLine(entry, isColoured))),
  json: Logger.withConsoleLog(Logger.jsonLogger),
  logfmt: Logger.withConsoleLog(Logger.logfmtLogger)
}

/** The outages of the database of this process. */
export const outage: Outage = new Outage()

/** Drops entries about a database that is away. The outage itself is logged once. */
const withoutOutages = (inner: Logger.Logger<unknown, unknown>): Logger.Logger<unknown, void> =>
  Logger.make((entry) => {
    const reason = Cause.isEmpty(entry.cause) || !outage.isWatched ? undefined : outageIn(entry.cause)
    if (reason === undefined) inner.log(entry)
    else outage.report(reason)
  })

/** The log of `LOG_FORMAT` and `LOG_LEVEL`. */
export const layer: Layer.Layer<never, never, Settings> = Layer.unwrapEffect(
  Effect.map(Settings, ({ logFormat, logLevel }) =>
    Layer.merge(
      Logger.replace(Logger.defaultLogger, withoutOutages(writers[logFormat])),
      Logger.minimumLogLevel(logLevel)
    )
  )
)
