import { type Either, Option } from "effect"
import * as Box from "./Box.ts"
import type { EditFold } from "./EditFold.ts"
import type { Fragment } from "./Fragment.ts"
import type { Movie } from "./Movie.ts"

/** Bytes to be written over those at a position. The length of the file never changes. */
export interface Patch {
  readonly at: number
  readonly bytes: Uint8Array
}

const unsigned = (value: number, isWide: boolean): Uint8Array => {
  if (value < 0 || value > (isWide ? Number.MAX_SAFE_INTEGER : 0xffff_ffff)) throw new RangeError("A time does not fit")
  const bytes = new Uint8Array(isWide ? 8 : 4)
  const view = Box.viewOf(bytes)
  if (isWide) view.setBigUint64(0, BigInt(value))
  else view.setUint32(0, value)
  return bytes
}

const FREE = new TextEncoder().encode("free")

/** A copy of the bytes with the patches in it. */
export const applied = (bytes: Uint8Array, patches: ReadonlyArray<Patch>): Uint8Array => {
  const copy = bytes.slice()
  for (const patch of patches) copy.set(patch.bytes, patch.at)
  return copy
}

/** Turns the box at this position into free space. */
export const free = (start: number): Patch => ({ at: start + 4, bytes: FREE })

/** Turns the edit lists of a `moov` box into free space. */
export const patchMovie = ({ tracks }: Movie): ReadonlyArray<Patch> =>
  tracks.flatMap(({ editsTypeAt }) => Option.toArray(editsTypeAt)).map((at) => ({ at, bytes: FREE }))

/** Shifts the times in a `moof` box. Fails if one does not fit into its field. */
export const patchFragment = (
  { tracks }: Fragment,
  fold: EditFold
): Either.Either<ReadonlyArray<Patch>, Box.MalformedMp4> =>
  Box.parse("moof", () =>
    tracks.flatMap(({ decode, track }) => {
      const shift = fold.get(track.id)
      return shift === undefined ? [] : [{ at: decode.at, bytes: unsigned(decode.time + shift, decode.isWide) }]
    })
  )

/** Numbers a `moof` box. */
export const patchSequence = ({ sequenceAt }: Fragment, sequence: number): ReadonlyArray<Patch> =>
  Option.toArray(sequenceAt).map((at) => ({ at, bytes: unsigned(sequence, false) }))

/** The presentation of a track's fragment after the shift. None for tracks that are not shifted. */
const presentedAt = ({ tracks }: Fragment, id: number, fold: EditFold): number | undefined => {
  const found = tracks.find(({ track }) => track.id === id)
  const shift = fold.get(id)
  return found === undefined || shift === undefined
    ? undefined
    : Math.max(0, found.decode.time + found.earliest + shift)
}

/** Sets the earliest presentation time of a whole `sidx` box to that of the fragment which follows it. */
export const patchIndex = (
  bytes: Uint8Array,
  following: Fragment,
  fold: EditFold
): Either.Either<ReadonlyArray<Patch>, Box.MalformedMp4> =>
  Box.parse("sidx", () => {
    const view = Box.viewOf(bytes)
    const sidx = Box.readBox(view, 0, { start: 0, limit: bytes.length })
    const isWide = Box.versionAt(view, sidx) !== 0
    const time = presentedAt(following, view.getUint32(sidx.body + 4), fold)
    return time === undefined ? [] : [{ at: sidx.body + 12, bytes: unsigned(time, isWide) }]
  })
