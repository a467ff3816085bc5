import { Either } from "effect"
import { joinBytes } from "../joinBytes.ts"
import * as Box from "./Box.ts"

/** Boxes of a header that do not affect how its samples are decoded: edit lists, lengths, bit rates, comments. */
const ignored = new Set(["edts", "free", "skip", "udta", "mehd", "btrt"])

const containers = new Set(["moov", "trak", "mdia", "minf", "stbl", "mvex"])

/** Bytes of a sample entry before its boxes. */
const entryFields = (type: string): number => (/^(?:mp4a|Opus|ac-3|ec-3|fLaC|alac)$/.test(type) ? 28 : 78)

interface Range {
  readonly start: number
  readonly end: number
}

/** A box that contains boxes from a position on. Its size depends on the ignored ones, so it is left out. */
const outer = (
  view: DataView,
  { body, end, start }: Box.Box,
  from: number,
  deeper: typeof kept
): ReadonlyArray<Range> => [
  { start: start + 4, end: start + 8 },
  { start: body, end: from },
  ...Box.boxesIn(view, from, end).flatMap((child) => deeper(view, child))
]

const entry = (view: DataView, box: Box.Box): ReadonlyArray<Range> => {
  const from = box.body + entryFields(box.type)
  return from > box.end ? [box] : outer(view, box, from, kept)
}

/** The bytes of a box without the ignored boxes in it. */
const kept = (view: DataView, box: Box.Box): ReadonlyArray<Range> => {
  if (ignored.has(box.type)) return []
  if (box.type === "stsd") return outer(view, box, box.body + 8, entry)
  return containers.has(box.type) ? outer(view, box, box.body, kept) : [box]
}

/**
 * The bytes of a `moov` box that decide how its samples are decoded. Fragments of files with equal bytes can follow one
 * another behind one header.
 */
export const codingOf = (moov: Uint8Array): Either.Either<Uint8Array, Box.MalformedMp4> =>
  Box.parse("moov", () => {
    const view = Box.viewOf(moov)
    const ranges = kept(view, Box.readBox(view, 0, { start: 0, limit: moov.length }))
    return joinBytes(ranges.map(({ end, start }) => moov.subarray(start, end)))
  })

/** Whether the fragments behind two headers can follow one another behind one of them. */
export const isSameCoding = (one: Uint8Array, other: Uint8Array): Either.Either<boolean, Box.MalformedMp4> =>
  Either.map(
    Either.all([codingOf(one), codingOf(other)]),
    ([first, second]) => first.length === second.length && first.every((byte, at) => second[at] === byte)
  )
