import type { FileStorage } from "@runner-connector/core"
import { Data, Option } from "effect"

/** The bytes of a file that a request selects. */
export type Selection = Data.TaggedEnum<{
  Whole: object
  Part: { readonly range: FileStorage.ByteRange }
  /** The file ends before the first requested byte. */
  Nothing: object
}>
export const Selection = Data.taggedEnum<Selection>()

const single = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i

/**
 * Reads a `Range` header (RFC 9110, 14.1) for a file of this size. Ignores other units, several ranges and malformed ranges,
 * as the standard permits.
 */
export const select = (header: Option.Option<string>, size: number): Selection => {
  const [, first = "", last = ""] = single.exec(Option.getOrElse(header, () => "")) ?? []
  if (first === "" && last === "") return Selection.Whole()
  if (first === "") return suffix(Number(last), size)
  const start = Number(first)
  if (last !== "" && Number(last) < start) return Selection.Whole()
  if (start >= size) return Selection.Nothing()
  return Selection.Part({ range: { start, end: last === "" ? size - 1 : Math.min(Number(last), size - 1) } })
}

const suffix = (length: number, size: number): Selection =>
  length === 0 || size === 0
    ? Selection.Nothing()
    : Selection.Part({ range: { start: Math.max(0, size - length), end: size - 1 } })
