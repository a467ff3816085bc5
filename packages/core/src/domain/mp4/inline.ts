import { type Either, Option } from "effect"
import { joinBytes } from "../joinBytes.ts"
import * as Box from "./Box.ts"
import { fieldOf, runOf, sizeAt } from "./SampleRuns.ts"

/** A fragment in its file. Positions are those of the file. */
export interface InlineFragment {
  /** The position of the index before the fragment, which the parameter sets replace. */
  readonly start: number
  /** A whole `moof` box, and where it begins. */
  readonly moof: Uint8Array
  readonly moofStart: number
  /** The `mdat` box behind it, with the header and the first bytes of its media. */
  readonly mdat: Box.Box
  readonly mdatBytes: Uint8Array
}

const ACCESS_UNIT_DELIMITER = 9
const SEQUENCE_PARAMETERS = 7

/** The bytes of a sample that contain a delimiter and the beginning of the next unit. */
export const FIRST_BYTES = 16

const unitAt = (view: DataView, at: number) => ({
  type: view.getUint8(at + 4) & 31,
  end: at + 4 + view.getUint32(at)
})

/** The position for parameter sets in a sample: at its beginning, after a delimiter. None if it already has some. */
const gapIn = (media: Uint8Array): number | undefined => {
  const view = Box.viewOf(media)
  const first = unitAt(view, 0)
  if (first.type !== ACCESS_UNIT_DELIMITER) return first.type === SEQUENCE_PARAMETERS ? undefined : 0
  if (first.end + 5 > media.length || unitAt(view, first.end).type === SEQUENCE_PARAMETERS) return undefined
  return first.end
}

/**
 * The positions of the sizes and offsets of the samples of the only track. None if the first sample is not at its usual
 * place.
 */
const samplesOf = (view: DataView, { mdat, moofStart }: InlineFragment) => {
  const moof = Box.readBox(view, 0, { start: 0, limit: view.byteLength })
  const [traf, ...others] = Box.childrenOf(view, moof).filter(({ type }) => type === "traf")
  if (traf === undefined || others.length > 0) return undefined
  const tfhd = Box.need(view, traf, ["tfhd"])
  if ((Box.flagsAt(view, tfhd) & 0x1) !== 0) return undefined
  const runs = Box.childrenOf(view, traf)
    .filter(({ type }) => type === "trun")
    .map((trun) => runOf(view, trun))
  const [first] = runs
  if (first?.dataAt === undefined || first.samples === 0) return undefined
  if (moofStart + view.getInt32(first.dataAt) !== mdat.body) return undefined
  const isAlone = runs.length === 1 && first.samples === 1
  const firstSizeAt = first.sizes === undefined ? undefined : fieldOf(first.sizes, 0)
  const at = firstSizeAt ?? (isAlone ? sizeAt(view, tfhd) : undefined)
  return at === undefined ? undefined : { sizeAt: at, placesAt: runs.flatMap(({ dataAt }) => dataAt ?? []) }
}

/** The header of the `mdat` box that begins `by` bytes earlier. */
const grown = (header: Uint8Array, by: number): Uint8Array => {
  const copy = header.slice()
  const view = Box.viewOf(copy)
  const size = view.getUint32(0)
  if (size === 1) view.setBigUint64(8, view.getBigUint64(8) + BigInt(by))
  else if (size !== 0) view.setUint32(0, size + by)
  return copy
}

/**
 * The bytes from the index up to the first picture, with the parameter sets in the fragment: the fragment begins at the
 * place of the index, and its first sample begins with the sets. The file keeps its size, and every picture its place.
 * None if the sets do not fit into the place of the index, or are already there.
 */
export const inlined = (
  fragment: InlineFragment,
  sets: Uint8Array
): Either.Either<Option.Option<Uint8Array>, Box.MalformedMp4> =>
  Box.parse("moof", () => {
    const { mdat, mdatBytes, moofStart, start } = fragment
    const room = moofStart - start
    const header = mdat.body - mdat.start
    if (room < sets.length || mdatBytes.length < header + 5) return Option.none()
    const gap = gapIn(mdatBytes.subarray(header))
    const moof = fragment.moof.slice()
    const view = Box.viewOf(moof)
    const found = samplesOf(view, fragment)
    if (gap === undefined || found === undefined) return Option.none()
    const unused = room - sets.length
    view.setUint32(found.sizeAt, view.getUint32(found.sizeAt) + sets.length)
    for (const [index, at] of found.placesAt.entries()) {
      view.setInt32(at, view.getInt32(at) + (index === 0 ? unused : room))
    }
    const media = mdatBytes.subarray(header, header + gap)
    const head = grown(mdatBytes.subarray(0, header), room)
    return Option.some(joinBytes([moof, head, new Uint8Array(unused), media, sets]))
  })
