import { Either, Schema } from "effect"

/** The bytes are not a valid MP4 box. */
export class MalformedMp4 extends Schema.TaggedError<MalformedMp4>()("MalformedMp4", {
  /** The box that cannot be read, such as `moof`. */
  box: Schema.String
}) {
  override get message(): string {
    return `The MP4 file has a damaged ${this.box} box.`
  }
}

/** A box. Positions are bytes from the start of the file or box that contains it. */
export interface Box {
  /** Four characters, such as `moof`. */
  readonly type: string
  readonly start: number
  /** First byte after the header. */
  readonly body: number
  /** First byte after the box. */
  readonly end: number
}

/** The most bytes that a box header has. */
export const MAX_HEADER = 16

export const viewOf = ({ buffer, byteLength, byteOffset }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

export const typeAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))

/**
 * The box whose header stands at `at` of the view. `start` is the position of the header in the file or parent box,
 * `limit` the end of that file or parent box. Throws a `RangeError` if the header is cut off or the box exceeds the
 * limit.
 */
export const readBox = (view: DataView, at: number, { limit, start }: { start: number; limit: number }): Box => {
  const short = view.getUint32(at)
  const type = typeAt(view, at + 4)
  const length = short === 1 ? Number(view.getBigUint64(at + 8)) : short
  const header = short === 1 ? 16 : 8
  const end = length === 0 ? limit : start + length
  if (end < start + header || end > limit) throw new RangeError(`The box ${type} does not fit`)
  return { type, start, body: start + header, end }
}

/** More than any video needs. A box of 32 MiB has room for four million, which would block the process for seconds. */
const MAX_CHILDREN = 30_000

/** The boxes between two positions of the view, one after another. Throws a `RangeError` if one does not fit. */
export const boxesIn = (view: DataView, from: number, to: number): ReadonlyArray<Box> => {
  const boxes: Array<Box> = []
  for (let at = from; at + 8 <= to; ) {
    const box = readBox(view, at, { start: at, limit: to })
    if (boxes.push(box) > MAX_CHILDREN) throw new RangeError("There are too many boxes")
    at = box.end
  }
  return boxes
}

/** Bytes of a sample entry of video before its boxes. */
const VIDEO_ENTRY_FIELDS = 78

/** The first box of this type in a sample entry of video, behind its fields. */
export const inVideoEntry = (view: DataView, entry: Box, type: string): Box | undefined =>
  boxesIn(view, entry.body + VIDEO_ENTRY_FIELDS, entry.end).find((box) => box.type === type)

/** The boxes directly inside a container box. */
export const childrenOf = (view: DataView, box: Box): ReadonlyArray<Box> => boxesIn(view, box.body, box.end)

/** The first box on a path of types below a container box. */
export const find = (view: DataView, box: Box, path: ReadonlyArray<string>): Box | undefined => {
  const [type, ...rest] = path
  if (type === undefined) return box
  const child = childrenOf(view, box).find((one) => one.type === type)
  return child === undefined ? undefined : find(view, child, rest)
}

/** The same, for a box without which the container makes no sense. */
export const need = (view: DataView, box: Box, path: ReadonlyArray<string>): Box => {
  const found = find(view, box, path)
  if (found === undefined) throw new RangeError(`There is no ${path.join("/")}`)
  return found
}

/** Version and flags of a full box, which stand at the start of its body. */
export const versionAt = (view: DataView, box: Box): number => view.getUint8(box.body)
export const flagsAt = (view: DataView, box: Box): number => view.getUint32(box.body) & 0xffffff

/** A field of 32 or 64 bits, depending on the version of its box. Values above 2^53 lose precision. */
export const unsignedAt = (view: DataView, at: number, isWide: boolean): number =>
  isWide ? Number(view.getBigUint64(at)) : view.getUint32(at)

/** Runs a reader that throws on damaged bytes. */
export const parse = <A>(box: string, read: () => A): Either.Either<A, MalformedMp4> =>
  Either.try({ try: read, catch: () => new MalformedMp4({ box }) })

/** The box whose header stands at the start of the bytes. */
export const parseBox = (
  header: Uint8Array,
  place: { readonly start: number; readonly limit: number }
): Either.Either<Box, MalformedMp4> => parse("outermost", () => readBox(viewOf(header), 0, place))
