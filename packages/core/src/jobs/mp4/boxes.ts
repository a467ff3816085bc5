import { Chunk, Effect, Either, Option, Stream } from "effect"
import { joinBytes } from "../../domain/joinBytes.ts"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError, UploadedFile } from "../UploadedFile.ts"

/** What can be read by ranges. */
export type Source = Pick<UploadedFile, "read" | "size">

/** A box of the outermost level; bytes are there for those that describe the media instead of holding it. */
export interface FileBox extends Mp4.Box {
  readonly bytes: Option.Option<Uint8Array>
}

/** Enough for a header and, mostly, for all that stands between two boxes of media. */
const WINDOW = 16 * 1024

/** A shorter fragment, such as one of audio, is worth a large window. */
const SHORT = 256 * 1024

/** Fewer reads, so that an hour of audio takes about sixty of them. */
const LARGE_WINDOW = 1024 ** 2

/** The header of a 10 hour file of one fragment takes that much; fragments take a thousandth. */
const MAX_DESCRIPTION = 32 * 1024 ** 2

const describes = new Set(["moov", "moof", "sidx"])

/** First boxes of MP4 files. */
const firsts = new Set(["ftyp", "styp", "moov", "moof", "sidx", "free", "skip", "mdat"])

interface Window {
  readonly start: number
  readonly bytes: Uint8Array
}

const load = ({ read, size }: Source, start: number, length: number): Effect.Effect<Window, UploadError> =>
  Effect.map(Stream.runCollect(read({ start, end: Math.min(size, start + length) - 1 })), (chunks) => ({
    start,
    bytes: joinBytes(Chunk.toReadonlyArray(chunks))
  }))

/** Bytes to read at a position. Short fragments are read several at once. */
const lengthOf = (window: Window, start: number): number =>
  window.bytes.length > 0 && start - window.start < SHORT ? LARGE_WINDOW : WINDOW

/** The bytes in the window, or in one that is read for them. */
const at = (file: Source, window: Window, start: number, length: number) =>
  start >= window.start && start + length <= window.start + window.bytes.length
    ? Effect.succeed(window)
    : load(file, start, Math.max(length, lengthOf(window, start)))

const cut = ({ bytes, start }: Window, from: number, length: number): Uint8Array =>
  bytes.subarray(from - start, from - start + length)

/** The box at a position, and what was read of the file around it. */
const boxAt = (file: Source, start: number, window: Window) =>
  Effect.gen(function* () {
    const around = yield* at(file, window, start, Math.min(Mp4.MAX_HEADER, file.size - start))
    const box = yield* Mp4.parseBox(cut(around, start, Mp4.MAX_HEADER), { start, limit: file.size })
    const length = box.end - start
    if (!describes.has(box.type)) return [{ ...box, bytes: Option.none() }, around] as const
    if (length > MAX_DESCRIPTION) return yield* new Mp4.MalformedMp4({ box: box.type })
    const whole = yield* at(file, around, start, length)
    return [{ ...box, bytes: Option.some(cut(whole, start, length)) }, whole] as const
  })

/** The boxes from a position on that the window holds, of media only the headers. They need no further reading. */
const boxesIn = (window: Window, from: number, size: number) =>
  Either.gen(function* () {
    const held = window.start + window.bytes.length
    const boxes: Array<FileBox> = []
    let start = from
    while (start < size && Math.min(start + Mp4.MAX_HEADER, size) <= held) {
      const box = yield* Mp4.parseBox(cut(window, start, Mp4.MAX_HEADER), { start, limit: size })
      if (!describes.has(box.type)) boxes.push({ ...box, bytes: Option.none() })
      else if (box.end > held) break
      else boxes.push({ ...box, bytes: Option.some(cut(window, start, box.end - start)) })
      start = box.end
    }
    return { boxes, end: start }
  })

/** The outermost boxes in order, those of one read together: a step of a stream costs more than reading a box. */
const blocksOf = (file: Source) =>
  Stream.unfoldEffect({ start: 0, window: { start: 0, bytes: new Uint8Array() } as Window }, ({ start, window }) =>
    Effect.gen(function* () {
      if (start >= file.size) return Option.none()
      const [first, around] = yield* boxAt(file, start, window)
      const { boxes, end } = yield* boxesIn(around, first.end, file.size)
      const block: ReadonlyArray<FileBox> = [first, ...boxes]
      return Option.some([block, { start: end, window: around }] as const)
    })
  )

/** The outermost boxes of an MP4 file, in order. Of what holds the media only the headers are read. */
export const boxesOf = (file: Source): Stream.Stream<FileBox, UploadError | Mp4.MalformedMp4> =>
  Stream.flattenIterables(blocksOf(file))

/** The same, folded into one value without a pause between the boxes of one read. */
export const foldBoxes = <A>(
  file: Source,
  zero: A,
  add: (before: A, box: FileBox) => Either.Either<A, Mp4.MalformedMp4>
): Effect.Effect<A, UploadError | Mp4.MalformedMp4> =>
  Stream.runFoldEffect(blocksOf(file), zero, (before, block) =>
    block.reduce<Either.Either<A, Mp4.MalformedMp4>>(
      (known, box) => Either.flatMap(known, (value) => add(value, box)),
      Either.right(before)
    )
  )

/** Bytes at a position of the file. */
export const bytesAt = (file: Source, start: number, length: number): Effect.Effect<Uint8Array, UploadError> =>
  Effect.map(load(file, start, length), ({ bytes }) => bytes)

/** Whether the file begins as an MP4 file. */
export const isMp4 = (file: Source): Effect.Effect<boolean, UploadError> =>
  file.size < Mp4.MAX_HEADER
    ? Effect.succeed(false)
    : Effect.map(load(file, 0, Mp4.MAX_HEADER), ({ bytes }) => firsts.has(Mp4.typeAt(Mp4.viewOf(bytes), 4)))

/** The `moov` box of a file, wherever it stands; none if the file is no MP4 file or has none. */
export const headerOf = (file: Source): Effect.Effect<Option.Option<Uint8Array>, UploadError | Mp4.MalformedMp4> =>
  Effect.gen(function* () {
    if (!(yield* isMp4(file))) return Option.none()
    const header = yield* Stream.runHead(Stream.filter(boxesOf(file), ({ type }) => type === "moov"))
    return Option.flatMap(header, ({ bytes }) => bytes)
  })
