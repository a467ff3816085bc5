import type { FfmpegError, InputBytes } from "@runner-connector/ffmpeg"
import { Effect } from "effect"

/**
 * The state of a file by its outermost boxes, before a demuxer reads it. `cut`: they announce more bytes than there are.
 * `whole`: all announced bytes are there. `open`: a known container that announces nothing, `fragmented`: a fragmented MP4 file,
 * which announces nothing either. `unknown`: any other container.
 */
export type Structure = "cut" | "whole" | "open" | "fragmented" | "unknown"

type Read = (start: number, length: number) => Effect.Effect<DataView, FfmpegError>

const firstBoxes = new Set(["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "moof"])

/** More top-level boxes than any writer puts before its media data. */
const MAX_BOXES = 64

const text = (view: DataView, at: number): string =>
  view.byteLength < at + 4 ? "" : String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)))

interface Box {
  readonly type: string
  /** The end of the box. Absent when the box extends to the end of the file. */
  readonly end: number | undefined
}

const readBox = (view: DataView, start: number): Box | undefined => {
  const type = text(view, 4)
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined
  const size = view.getUint32(0)
  if (size === 0) return { type, end: undefined }
  const length = size === 1 && view.byteLength >= 16 ? Number(view.getBigUint64(8)) : size
  return length < 8 ? undefined : { type, end: start + length }
}

/** MP4 and QuickTime. A fragmented file declares no size, because its recording may have ended at any time. */
const ofBoxes = (size: number, read: Read): Effect.Effect<Structure, FfmpegError> =>
  Effect.gen(function* () {
    const seen = new Set<string>()
    let at = 0
    for (let n = 0; n < MAX_BOXES && at + 8 <= size; n++) {
      const box = readBox(yield* read(at, 16), at)
      if (box === undefined) break
      if (box.type === "moof") return "fragmented"
      if (box.type === "meta") return "open"
      if (box.type === "mdat" && box.end === undefined) return seen.has("moov") ? "open" : "cut"
      if ((box.type === "mdat" || box.type === "moov") && (box.end ?? 0) > size) return "cut"
      seen.add(box.type)
      if (box.end === undefined) break
      at = box.end
    }
    if (!seen.has("moov")) return "cut"
    return seen.has("mdat") ? "whole" : "open"
  })

/** An EBML number. The leading zero bits give its length in bytes. All ones mean "unknown". */
const readSize = (view: DataView, at: number): { readonly bytes: number; readonly value: number | undefined } => {
  const bytes = Math.clz32(view.getUint8(at)) - 23
  let value = view.getUint8(at) & (0xff >> bytes)
  let ones = value === 0xff >> bytes
  for (let n = 1; n < bytes; n++) {
    value = value * 256 + view.getUint8(at + n)
    ones &&= view.getUint8(at + n) === 0xff
  }
  return { bytes, value: ones || bytes > 8 ? undefined : value }
}

const SEGMENT = 0x18538067

/** Matroska and WebM: a header, then one segment with its size, or with an unknown size when recorded live. */
const ofEbml = (size: number, read: Read): Effect.Effect<Structure, FfmpegError> =>
  Effect.gen(function* () {
    if (size < 32) return "open"
    const head = readSize(yield* read(4, 9), 0)
    const segmentAt = 4 + head.bytes + (head.value ?? 0)
    if (segmentAt + 13 > size) return "cut"
    const view = yield* read(segmentAt, 13)
    if (view.getUint32(0) !== SEGMENT) return "open"
    const segment = readSize(view, 4)
    if (segment.value === undefined) return "open"
    return segmentAt + 4 + segment.bytes + segment.value > size ? "cut" : "whole"
  })

/** The placeholder for a size that the writer did not know yet. */
const RIFF_UNKNOWN = 0x7fff0000

/** AVI and WAV. Writers often declare a wrong size, so only a far too large one counts as truncation. */
const ofRiff = (size: number, view: DataView): Structure => {
  const promised = view.getUint32(4, true)
  return promised < RIFF_UNKNOWN && promised * 0.9 > size ? "cut" : "open"
}

const EBML = 0x1a45dfa3

/** Reads a few bytes at each position, at most 64 times 16. */
export const structureOf = (file: InputBytes.InputBytes): Effect.Effect<Structure, FfmpegError> =>
  Effect.gen(function* () {
    const read: Read = (start, length) =>
      Effect.map(
        file.read(start, Math.min(file.size, start + length)),
        ({ buffer, byteLength, byteOffset }) => new DataView(buffer, byteOffset, byteLength)
      )
    if (file.size < 16) return "unknown"
    const view = yield* read(0, 16)
    if (view.getUint32(0) === EBML) return yield* ofEbml(file.size, read)
    if (text(view, 0) === "RIFF") return ofRiff(file.size, view)
    return firstBoxes.has(text(view, 4)) ? yield* ofBoxes(file.size, read) : "unknown"
  })
