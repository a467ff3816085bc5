import { Option } from "effect"
import { joinBytes } from "../joinBytes.ts"
import * as Box from "./Box.ts"

/** The lengths of NAL units that samples have in front of them: four bytes. */
const LENGTH_BYTES = 4

/** The units of a list in `avcC`, each behind its length, and where the list ends. */
const unitsAt = (view: DataView, at: number, count: number) => {
  const units: Array<Uint8Array> = []
  let next = at
  for (let unit = 0; unit < count; unit++) {
    const length = view.getUint16(next)
    const bytes = new Uint8Array(LENGTH_BYTES + length)
    Box.viewOf(bytes).setUint32(0, length)
    bytes.set(new Uint8Array(view.buffer, view.byteOffset + next + 2, length), LENGTH_BYTES)
    units.push(bytes)
    next += 2 + length
  }
  return { units, end: next }
}

const unitsIn = (view: DataView, avcC: Box.Box): ReadonlyArray<Uint8Array> => {
  if ((view.getUint8(avcC.body + 4) & 3) + 1 !== LENGTH_BYTES) return []
  const sequences = unitsAt(view, avcC.body + 6, view.getUint8(avcC.body + 5) & 31)
  const pictures = unitsAt(view, sequences.end + 1, view.getUint8(sequences.end))
  return pictures.end > avcC.end ? [] : [...sequences.units, ...pictures.units]
}

/** The only sample entry of the only track, if it is of H.264. */
const entryIn = (view: DataView, moov: Box.Box): Box.Box | undefined => {
  const tracks = Box.childrenOf(view, moov).filter(({ type }) => type === "trak")
  const [track] = tracks
  if (track === undefined || tracks.length > 1) return undefined
  const stsd = Box.need(view, track, ["mdia", "minf", "stbl", "stsd"])
  const entries = Box.boxesIn(view, stsd.body + 8, stsd.end)
  return entries.length === 1 ? entries.find(({ type }) => type === "avc1" || type === "avc3") : undefined
}

/**
 * The parameter sets in the header of a file with one track of H.264, as the beginning of a sample: each behind its length.
 * None for other files.
 */
export const parameterSetsOf = (header: Uint8Array): Option.Option<Uint8Array> =>
  Box.parse("moov", () => {
    const view = Box.viewOf(header)
    const entry = entryIn(view, Box.readBox(view, 0, { start: 0, limit: header.length }))
    if (entry === undefined) return new Uint8Array()
    const avcC = Box.inVideoEntry(view, entry, "avcC")
    return joinBytes(avcC === undefined ? [] : unitsIn(view, avcC))
  }).pipe(
    Option.getRight,
    Option.filter(({ length }) => length > 0)
  )
