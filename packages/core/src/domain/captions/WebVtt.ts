import { Either, Option, Schema } from "effect"
import { quoted } from "../ForeignText.ts"

/** The text is not a valid captions file. The message is a sentence with the reason. */
export class InvalidWebVtt extends Schema.TaggedError<InvalidWebVtt>()("InvalidWebVtt", {
  /** The reason: a sentence without its subject. */
  problem: Schema.String
}) {
  override get message(): string {
    return `The captions file ${this.problem}.`
  }
}

/** Limits of a captions file. */
export interface WebVttLimits {
  /** Characters, as UTF-16 code units. */
  readonly size: number
  readonly cues: number
}

/** Far more than a day of speech needs. */
export const webVttLimits: WebVttLimits = { size: 5 * 1024 ** 2, cues: 100_000 }

/** The content of a captions file. */
export interface WebVttSummary {
  readonly cues: number
  /** Seconds at which the last cue ends. 0 without cues. */
  readonly end: number
}

/**
 * Accepts a captions file: the `WEBVTT` line, with or without a byte order mark, and cues with well-formed times that
 * begin in order and do not end before they begin. Ignores comments, styles and regions. Rejects other blocks, because
 * players would drop their text. A file without cues is valid.
 */
export const validateWebVtt = (
  text: string,
  limits: WebVttLimits = webVttLimits
): Either.Either<WebVttSummary, InvalidWebVtt> => {
  if (text.length > limits.size) return invalid(`is longer than ${limits.size} characters`)
  if (text.includes("\u0000")) return invalid("has a NUL character")
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)
  if (!/^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? "")) return invalid("does not begin with WEBVTT")
  return Either.flatMap(timingLines(lines), (timings) => readTimings(timings, limits))
}

const invalid = (problem: string): Either.Either<never, InvalidWebVtt> => Either.left(new InvalidWebVtt({ problem }))

const ARROW = "-->"

const blocksOf = (lines: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const blocks: Array<Array<string>> = [[]]
  for (const line of lines) {
    if (line === "") blocks.push([])
    else blocks[blocks.length - 1]?.push(line)
  }
  return blocks.filter((block) => block.length > 0)
}

const isPassedOver = ([first = ""]: ReadonlyArray<string>): boolean =>
  /^NOTE(?:[ \t]|$)/.test(first) || /^(?:STYLE|REGION)[ \t]*$/.test(first)

/** An arrow in a cue, after its first line, starts a new cue in players. */
const timingLines = (lines: ReadonlyArray<string>): Either.Either<ReadonlyArray<string>, InvalidWebVtt> => {
  const [head = [], ...blocks] = blocksOf(lines)
  const cues = blocks.filter((block) => !isPassedOver(block))
  const stray = cues.find((block) => !block.slice(0, 2).some((line) => line.includes(ARROW)))
  return stray === undefined
    ? Either.right([...head.slice(1), ...cues.flat()].filter((line) => line.includes(ARROW)))
    : invalid(`has ${quoted(stray[0] ?? "")} where a cue should be`)
}

const clock = "(?:(\\d{1,6}):)?([0-5]\\d):([0-5]\\d)\\.(\\d{3})"
const timing = new RegExp(`^[ \\t]*${clock}[ \\t]*-->[ \\t]*${clock}(?:[ \\t].*)?$`)

const toSeconds = (parts: ReadonlyArray<string | undefined>): number => {
  const [hours = 0, minutes = 0, seconds = 0, thousandths = 0] = parts.map((part) => Number(part ?? 0))
  return (hours * 60 + minutes) * 60 + seconds + thousandths / 1000
}

const parseTiming = (line: string): Option.Option<{ readonly start: number; readonly end: number }> =>
  Option.map(Option.fromNullable(timing.exec(line)), (match) => ({
    start: toSeconds(match.slice(1, 5)),
    end: toSeconds(match.slice(5, 9))
  }))

const readTimings = (
  lines: ReadonlyArray<string>,
  limits: WebVttLimits
): Either.Either<WebVttSummary, InvalidWebVtt> => {
  if (lines.length > limits.cues) return invalid(`has more than ${limits.cues} cues`)
  let begun = 0
  let end = 0
  for (const line of lines) {
    const parsed = parseTiming(line)
    if (Option.isNone(parsed)) return invalid(`has ${quoted(line)} for the times of a cue`)
    if (parsed.value.end < parsed.value.start) return invalid(`has a cue that ends before it begins: ${quoted(line)}`)
    if (parsed.value.start < begun) return invalid(`has a cue that begins before the one above it: ${quoted(line)}`)
    begun = parsed.value.start
    end = Math.max(end, parsed.value.end)
  }
  return Either.right({ cues: lines.length, end })
}
