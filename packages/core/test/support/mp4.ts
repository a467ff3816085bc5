import { Stream } from "effect"
import type { Edit } from "../../src/domain/mp4/index.ts"
import type { Source } from "../../src/jobs/mp4/boxes.ts"

/** A track of a made-up file. */
export interface MadeTrack {
  readonly id: number
  readonly handler: "vide" | "soun" | "text"
  readonly codec: string
  readonly timescale: number
  readonly edits: ReadonlyArray<Edit> | undefined
  readonly isWide: boolean
  /** The parameter sets of its sample entry, if that has any. */
  readonly sets?: { readonly sequence: Uint8Array; readonly picture: Uint8Array }
}

/** The samples of one track in a fragment. */
export interface MadeRun {
  readonly track: number
  readonly decode: number
  readonly isWide: boolean
  readonly samples: ReadonlyArray<{ readonly duration: number; readonly offset: number }>
  /** `sample`: each sample has its duration. `fragment`, `header`: all samples share one duration, stored there. */
  readonly durations: "sample" | "fragment" | "header"
  readonly hasOffsets: boolean
  /** The bytes of the first sample. The others, and usually that one, have one byte. */
  readonly first?: Uint8Array
}

export interface MadeFile {
  readonly timescale: number
  readonly tracks: ReadonlyArray<MadeTrack>
  readonly fragments: ReadonlyArray<ReadonlyArray<MadeRun>>
  /** Version of the indexes. None: there are no indexes. */
  readonly index: 0 | 1 | undefined
  /** The index entry of a run. */
  readonly indexed: (run: MadeRun) => number
  /** The type of the boxes with edit lists. */
  readonly editsType: "edts" | "free"
}

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value | 0)
  return bytes
}
const u64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
  return bytes
}
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const number = (value: number, isWide: boolean): Uint8Array => (isWide ? u64(value) : u32(value))

export const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

export const box = (type: string, ...parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const body = join(parts)
  return join([u32(8 + body.length), text(type), body])
}

/** The same with the size in 64 bits, as writers of long files do it. */
export const largeBox = (type: string, body: Uint8Array): Uint8Array =>
  join([u32(1), text(type), u64(16 + body.length), body])

const full = (type: string, version: number, flags: number, ...parts: ReadonlyArray<Uint8Array>) =>
  box(type, u32((version << 24) | flags), ...parts)

/** `mvhd`, `mdhd` and `tkhd` begin with two times. */
const times = (isWide: boolean): Uint8Array => new Uint8Array(isWide ? 16 : 8)

const elst = (edits: ReadonlyArray<Edit>, isWide: boolean): Uint8Array =>
  full(
    "elst",
    isWide ? 1 : 0,
    0,
    u32(edits.length),
    ...edits.flatMap(({ duration, mediaTime }) => [number(duration, isWide), number(mediaTime, isWide), u32(0x10000)])
  )

const u16 = (value: number): Uint8Array => u32(value).subarray(2)

/** A sample entry. One with parameter sets has the fields of a video in front of them. */
const entryOf = ({ codec, sets }: MadeTrack): Uint8Array => {
  if (sets === undefined) return box(codec, new Uint8Array(8))
  const { picture, sequence } = sets
  const lists = [Uint8Array.of(0xe1), u16(sequence.length), sequence, Uint8Array.of(1), u16(picture.length), picture]
  return box(codec, new Uint8Array(78), box("avcC", Uint8Array.of(1, 100, 0, 30, 0xff), ...lists))
}

const trak = (track: MadeTrack, editsType: MadeFile["editsType"]): Uint8Array => {
  const { edits, handler, id, isWide, timescale } = track
  const version = isWide ? 1 : 0
  return box(
    "trak",
    full("tkhd", version, 7, times(isWide), u32(id), new Uint8Array(68)),
    ...(edits === undefined ? [] : [box(editsType, elst(edits, isWide))]),
    box(
      "mdia",
      full("mdhd", version, 0, times(isWide), u32(timescale), number(0, isWide), u32(0)),
      full("hdlr", 0, 0, u32(0), text(handler), new Uint8Array(13)),
      box("minf", box("stbl", full("stsd", 0, 0, u32(1), entryOf(track))))
    )
  )
}

/** The duration that samples have by their track's header. */
const usualDuration = ({ fragments }: MadeFile, id: number): number => {
  const runs = fragments.flat().filter(({ durations, track }) => track === id && durations === "header")
  return runs[0]?.samples[0]?.duration ?? 0
}

const moov = (file: MadeFile): Uint8Array =>
  box(
    "moov",
    full("mvhd", 0, 0, times(false), u32(file.timescale), new Uint8Array(80)),
    ...file.tracks.map((track) => trak(track, file.editsType)),
    box(
      "mvex",
      ...file.tracks.map(({ id }) => full("trex", 0, 0, u32(id), u32(1), u32(usualDuration(file, id)), u32(0), u32(0)))
    )
  )

const mediaOf = ({ first = new Uint8Array(1), samples }: MadeRun, filler: number): Uint8Array =>
  samples.length === 0 ? new Uint8Array() : join([first, new Uint8Array(samples.length - 1).fill(filler)])

const traf = ({ decode, durations, first, hasOffsets, isWide, samples, track }: MadeRun, at: number): Uint8Array => {
  const usual = durations === "fragment" ? [u32(samples[0]?.duration ?? 0)] : []
  const flags = 0x201 | (durations === "sample" ? 0x100 : 0) | (hasOffsets ? 0x800 : 0)
  const isSigned = samples.some(({ offset }) => offset < 0)
  const fields = samples.flatMap(({ duration, offset }, index) => [
    ...(durations === "sample" ? [u32(duration)] : []),
    u32(index === 0 ? (first?.length ?? 1) : 1),
    ...(hasOffsets ? [u32(offset)] : [])
  ])
  return box(
    "traf",
    full("tfhd", 0, 0x20000 | (usual.length > 0 ? 0x8 : 0), u32(track), ...usual),
    full("tfdt", isWide ? 1 : 0, 0, number(decode, isWide)),
    full("trun", isSigned ? 1 : 0, flags, u32(samples.length), u32(at), ...fields)
  )
}

const sidx = (version: 0 | 1, run: MadeRun, file: MadeFile): Uint8Array =>
  full("sidx", version, 0, u32(run.track), u32(1000), number(file.indexed(run), version === 1), new Uint8Array(16))

const moofOf = (runs: ReadonlyArray<MadeRun>, number: number, mediaAt: number): Uint8Array => {
  const places = runs.map(
    (_, index) => mediaAt + runs.slice(0, index).reduce((sum, run) => sum + mediaOf(run, 0).length, 0)
  )
  return box("moof", full("mfhd", 0, 0, u32(number + 1)), ...runs.map((run, index) => traf(run, places[index] ?? 0)))
}

/** The bytes of a made-up file. Every second fragment has its media in a box with a size of 64 bits. */
export const build = (file: MadeFile): Uint8Array =>
  join([
    box("ftyp", text("iso5"), u32(512), text("iso6mp41")),
    moov(file),
    ...file.fragments.flatMap((runs, number) => {
      const { index } = file
      const media = join(runs.map((run) => mediaOf(run, number)))
      const isLarge = number % 2 !== 0
      return [
        ...(index === undefined ? [] : runs.map((run) => sidx(index, run, file))),
        moofOf(runs, number, moofOf(runs, number, 0).length + (isLarge ? 16 : 8)),
        isLarge ? largeBox("mdat", media) : box("mdat", media)
      ]
    })
  ])

/** First moment of presentation of a run, from its decode time on. */
export const earliestOf = ({ samples }: MadeRun): number => {
  let at = 0
  let earliest = Number.POSITIVE_INFINITY
  for (const { duration, offset } of samples) {
    earliest = Math.min(earliest, at + offset)
    at += duration
  }
  return samples.length === 0 ? 0 : earliest
}

/** A source that counts its reads and their bytes. */
export interface CountingSource extends Source {
  readonly readBytes: () => number
  readonly ranges: () => number
}

/** Bytes that are read by ranges, in pieces of some size. */
export const sourceOf = (bytes: Uint8Array, piece = 1000): CountingSource => {
  let count = 0
  let ranges = 0
  return {
    size: bytes.length,
    readBytes: () => count,
    ranges: () => ranges,
    read: ({ end, start }) => {
      const pieces: Array<Uint8Array> = []
      for (let at = start; at <= end; at += piece) pieces.push(bytes.subarray(at, Math.min(at + piece, end + 1)))
      count += end + 1 - start
      ranges += 1
      return Stream.fromIterable(pieces)
    }
  }
}
