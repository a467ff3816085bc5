import { FastCheck as fc } from "effect"
import { build, earliestOf, type MadeFile, type MadeRun, type MadeTrack } from "../../support/mp4.ts"

const anEdit = fc.record({
  duration: fc.integer({ min: 0, max: 5000 }),
  mediaTime: fc.integer({ min: 0, max: 100_000 })
})
const aPause = fc.record({ duration: fc.integer({ min: 0, max: 10_000 }), mediaTime: fc.constant(-1) })

/** What writers make: pauses, then the media; only the media; a list without entries; no list. */
const edits = fc.oneof(
  fc.tuple(aPause, anEdit),
  fc.tuple(aPause, aPause, anEdit),
  fc.tuple(anEdit),
  fc.constant([]),
  fc.constant(undefined)
)

const aTrack = (id: number): fc.Arbitrary<MadeTrack> =>
  fc.oneof(
    fc.record({
      id: fc.constant(id),
      handler: fc.constant("vide" as const),
      codec: fc.constantFrom("avc1", "hev1"),
      timescale: fc.constantFrom(600, 10_240, 15_360, 30_000, 90_000),
      ...{ edits, isWide: fc.boolean() }
    }),
    fc.record({
      id: fc.constant(id),
      handler: fc.constant("soun" as const),
      codec: fc.constantFrom("mp4a", "Opus"),
      timescale: fc.constantFrom(8000, 44_100, 48_000),
      ...{ edits, isWide: fc.boolean() }
    })
  )

const shape = fc.record({
  duration: fc.integer({ min: 1, max: 4000 }),
  offsets: fc.array(fc.integer({ min: -20_000, max: 20_000 }), { maxLength: 5 }),
  durations: fc.constantFrom("sample" as const, "fragment" as const, "header" as const),
  isWide: fc.boolean(),
  start: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_000_000 }))
})

type Shape = typeof shape extends fc.Arbitrary<infer A> ? A : never

/** The runs of one track, one behind another. */
const runsOf = (
  { handler, id }: MadeTrack,
  { duration, durations, isWide, offsets, start }: Shape,
  fragments: number
): ReadonlyArray<MadeRun> => {
  const samples = (handler === "vide" ? offsets : offsets.map(() => 0)).map((offset) => ({ duration, offset }))
  return Array.from({ length: fragments }, (_, index) => ({
    ...{ track: id, samples, durations, isWide, hasOffsets: handler === "vide" },
    decode: start + index * samples.length * duration
  }))
}

/** A fragmented file of one to three tracks. */
export const aFile: fc.Arbitrary<MadeFile> = fc
  .integer({ min: 1, max: 3 })
  .chain((count) =>
    fc.record({
      timescale: fc.constantFrom(600, 1000, 90_000),
      tracks: fc.tuple(...Array.from({ length: count }, (_, index) => aTrack(index + 1))),
      shapes: fc.array(shape, { minLength: count, maxLength: count }),
      fragments: fc.integer({ min: 0, max: 4 }),
      index: fc.constantFrom(0 as const, 1 as const, undefined)
    })
  )
  .map(({ fragments, index, shapes, timescale, tracks }): MadeFile => {
    const runs = tracks.flatMap((track, number) =>
      shapes.slice(number, number + 1).map((own) => runsOf(track, own, fragments))
    )
    return {
      ...{ timescale, tracks, index, editsType: "edts", indexed: () => 0 },
      fragments: Array.from({ length: fragments }, (_, number) => runs.flatMap((own) => own.slice(number, number + 1)))
    }
  })

/** The bytes that the file should have when its tracks are shifted: everything else as it was. */
export const shifted = (file: MadeFile, shifts: ReadonlyMap<number, number>): Uint8Array =>
  build({
    ...file,
    editsType: "free",
    fragments: file.fragments.map((runs) =>
      runs.map((run) => ({ ...run, decode: run.decode + (shifts.get(run.track) ?? 0) }))
    ),
    indexed: (run) => (shifts.has(run.track) ? Math.max(0, run.decode + earliestOf(run)) : 0)
  })
