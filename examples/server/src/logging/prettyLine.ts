import { Array as Arr, Cause, HashMap, Inspectable, type Logger, type LogLevel } from "effect"

const colours: Readonly<Record<LogLevel.LogLevel["_tag"], number>> = {
  All: 0,
  Trace: 90,
  Debug: 34,
  Info: 32,
  Warning: 33,
  Error: 31,
  Fatal: 31,
  None: 0
}

/** Values with spaces or control characters are quoted, so that an entry stays one line. */
const textOf = (value: unknown): string => {
  const text = typeof value === "string" ? value : Inspectable.toStringUnknown(value, 0)
  return /^[^\s"\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text).replace(/\p{Cc}+/gu, " ")
}

const sentenceOf = (message: unknown): string =>
  Arr.ensure(message)
    .map((part) => (typeof part === "string" ? part.replace(/\p{Cc}+/gu, " ") : textOf(part)))
    .join(" ")

/** An entry for people: time in UTC, level, sentence and facts in one line. The stack of a defect follows it. */
export const prettyLine = (
  { annotations, cause, date, logLevel, message }: Logger.Logger.Options<unknown>,
  isColoured: boolean
): string => {
  const colour = (code: number, text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)
  const facts = [...HashMap.toEntries(annotations)].map(([name, value]) => colour(90, `${name}=${textOf(value)}`))
  const level = colour(colours[logLevel._tag], logLevel.label.padEnd(5))
  const line = [`${date.toISOString().slice(11, 23)} ${level} ${sentenceOf(message)}`, ...facts].join("  ")
  return Cause.isEmpty(cause) ? line : `${line}\n${Cause.pretty(cause, { renderErrorCause: true })}`
}
