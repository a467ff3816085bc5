import { Schema } from "effect"

/**
 * The report of ffprobe on one file: its members `format`, `streams` and `chapters`, within the limits of `limited`. Tags
 * come from the person who made the file. They can hold private data, such as a position.
 */
export const FullReport = Schema.Record({ key: Schema.String, value: Schema.Unknown })
export type FullReport = typeof FullReport.Type

/** The limits on untrusted reports. Lengths are in UTF-16 code units. */
export const limits = {
  /** The length of one text. Longer ones are cut, such as lyrics and embedded documents. */
  text: 1000,
  /** The length of the name of a member. Members with longer names are left out. */
  name: 100,
  /** Members of one object or list. */
  members: 300,
  /** Levels below the report. */
  depth: 6,
  /** The length of the whole report as JSON. The rest is left out. A file with two tracks needs about 4,000. */
  size: 128 * 1024
} as const

/** Packets and frames grow with the file, so other sections are left out. */
const sections: ReadonlyArray<string> = ["format", "streams", "chapters"]

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
const plain = (text: string): string =>
  text
    .slice(0, limits.text)
    .replaceAll("\0", "")
    .replace(/\p{Surrogate}/gu, "\ufffd")

/** Copies values until the limit of the whole report is reached. Undefined stands for what is left out. */
const makeCopy = () => {
  let left: number = limits.size

  const spend = (size: number): boolean => {
    left -= size
    return left >= 0
  }

  const scalar = (value: unknown): unknown => {
    const kept = typeof value === "string" ? plain(value) : value
    const isKept = typeof kept === "string" || typeof kept === "boolean" || Number.isFinite(kept)
    return isKept && spend(JSON.stringify(kept).length + 1) ? kept : undefined
  }

  const list = (values: ReadonlyArray<unknown>, depth: number): ReadonlyArray<unknown> =>
    values
      .slice(0, limits.members)
      .map((value) => copy(value, depth))
      .filter((value) => value !== undefined)

  const member = (name: string, value: unknown, depth: number): ReadonlyArray<readonly [string, unknown]> => {
    if (name.length > limits.name || !spend(JSON.stringify(plain(name)).length + 1)) return []
    const kept = copy(value, depth)
    return kept === undefined ? [] : [[plain(name), kept]]
  }

  const copy = (value: unknown, depth: number): unknown => {
    if (typeof value !== "object" || value === null) return scalar(value)
    if (depth === 0 || !spend(3)) return undefined
    if (Array.isArray(value)) return list(value, depth - 1)
    const members = Object.entries(value).slice(0, limits.members)
    return Object.fromEntries(members.flatMap(([name, inner]) => member(name, inner, depth - 1)))
  }

  return { copy, member }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Where the file was read from: a local path, or a URL that may be signed or hold a stream key. */
const withoutAddress = (format: unknown): unknown => {
  if (!isObject(format)) return format
  const { filename: _, ...rest } = format
  return rest
}

/**
 * The report within the limits, without the address of the file. Accepts any output of ffprobe. A member of an unexpected
 * type, and one beyond the limits, is left out.
 */
export const limited = (output: unknown): FullReport => {
  if (!isObject(output)) return {}
  const { member } = makeCopy()
  return Object.fromEntries(
    sections
      .filter((name) => name in output)
      .flatMap((name) => member(name, name === "format" ? withoutAddress(output[name]) : output[name], limits.depth))
  )
}
