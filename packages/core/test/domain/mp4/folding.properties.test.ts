import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, FastCheck as fc, Option } from "effect"
import * as Mp4 from "../../../src/domain/mp4/index.ts"
import { editsOf } from "../../../src/jobs/mp4/edits.ts"
import { survey } from "../../../src/jobs/mp4/survey.ts"
import { patched } from "../../../src/testing/uploaded.ts"
import { build, earliestOf, type MadeFile, sourceOf } from "../../support/mp4.ts"
import { propertyOptions } from "../../support/properties.ts"
import { aFile, shifted } from "./made.ts"

const pieces = fc.constantFrom(300, 100_000)
const anchors = fc.record({
  fps: fc.constantFrom(0, 1, 5, 10, 30, 60),
  start: fc.option(fc.double({ min: 0, max: 10, noNaN: true })).map(Option.fromNullable)
})

const lookInto = (bytes: Uint8Array, piece: number) => Effect.map(survey(sourceOf(bytes, piece)), Option.getOrThrow)

const rewrite = (
  bytes: Uint8Array,
  piece: number,
  found: Effect.Effect.Success<ReturnType<typeof lookInto>>,
  fold: Mp4.EditFold
) => patched(bytes, editsOf(sourceOf(bytes, piece), found, fold))

/** Seconds of the first presentation of each track: with its edit list, as FFmpeg reads it, or without, as browsers do. */
const firstPresentations = (file: MadeFile, reads: "edits" | "fragments"): ReadonlyMap<number, number> =>
  new Map(
    file.tracks.flatMap(({ edits = [], id, timescale }) => {
      const [run] = file.fragments.flat().filter(({ samples, track }) => track === id && samples.length > 0)
      if (run === undefined) return []
      const pauses = edits.filter(({ mediaTime }) => mediaTime < 0).reduce((sum, { duration }) => sum + duration, 0)
      const first = edits.find(({ mediaTime }) => mediaTime >= 0)?.mediaTime ?? 0
      const offset = reads === "edits" ? pauses / file.timescale - first / timescale : 0
      return [[id, offset + (run.decode + earliestOf(run)) / timescale] as const]
    })
  )

const moved = (file: MadeFile, shifts: Mp4.EditFold): MadeFile => ({
  ...file,
  fragments: file.fragments.map((runs) =>
    runs.map((run) => ({ ...run, decode: run.decode + (shifts.get(run.track) ?? 0) }))
  )
})

const assertMalformed = <E extends { readonly _tag: string }>(exit: Exit.Exit<unknown, E>) =>
  Effect.map(Effect.flip(exit), (error) => assert.strictEqual(error._tag, "MalformedMp4"))

describe("edit lists folded into the times of fragments", () => {
  it.effect.prop(
    "only times and the types of edit boxes change, and all tracks move together",
    { file: aFile, piece: pieces, anchor: anchors },
    ({ anchor, file, piece }) =>
      Effect.gen(function* () {
        const bytes = build(file)
        const found = yield* lookInto(bytes, piece)
        const fold = Mp4.editFold(found.movie, found.timeline, anchor)
        const hasEdits = file.tracks.some(({ edits }) => edits !== undefined)
        if (found.timeline.length === 0) return assert.isTrue(Option.isNone(fold))
        if (!hasEdits && Option.isNone(fold)) return
        const shifts = Option.getOrThrow(fold)
        const result = yield* rewrite(bytes, piece, found, shifts)
        assert.deepStrictEqual(result, shifted(file, shifts))

        const before = firstPresentations(file, "edits")
        const after = firstPresentations(moved(file, shifts), "fragments")
        const distances = [...before].map(([id, time]) => Number(after.get(id)) - time)
        assert.isBelow(Math.max(...distances) - Math.min(...distances), 1 / 600)

        const again = yield* lookInto(result, piece)
        const rest = Mp4.editFold(again.movie, again.timeline, anchor)
        // A file that happens to begin where our own runner's files do is moved as these are.
        const toOrigin = Mp4.originOf(anchor.fps) - Mp4.originOf(0)
        for (const [id, shift] of Option.getOrElse(rest, () => new Map<number, number>())) {
          const { timescale } = file.tracks.find((track) => track.id === id) ?? assert.fail("an unknown track")
          assert.approximately(shift / timescale, toOrigin, 1 / timescale, "nothing is left to fold")
        }
        assert.isTrue(again.timeline.every(({ start }) => start >= 0))
      }),
    propertyOptions(150)
  )

  it.effect.prop(
    "damaged bytes are refused or read, and never make the reader die or read on and on",
    {
      file: aFile,
      changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
      cut: fc.nat()
    },
    ({ changes, cut, file }) =>
      Effect.gen(function* () {
        const whole = build(file)
        for (const [at, value] of changes) whole[at % whole.length] = value
        const bytes = whole.subarray(0, whole.length - (cut % 2 === 0 ? 0 : cut % whole.length))
        const found = yield* Effect.exit(survey(sourceOf(bytes)))
        if (Exit.isFailure(found)) return yield* assertMalformed(found)
        const fold = Option.flatMap(found.value, ({ movie, timeline }) =>
          Mp4.editFold(movie, timeline, { fps: 30, start: Option.none() })
        )
        if (Option.isNone(found.value) || Option.isNone(fold)) return
        const result = yield* Effect.exit(rewrite(bytes, 1000, found.value.value, fold.value))
        if (Exit.isFailure(result)) return yield* assertMalformed(result)
        assert.strictEqual(result.value.length, bytes.length)
      }),
    propertyOptions(200)
  )
})
