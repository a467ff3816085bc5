import { assert, describe, it } from "@effect/vitest"
import { Effect, Either, Layer, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { TrackPackets } from "../../src/domain/mp4/index.ts"
import { examine } from "../../src/jobs/mediaResult.ts"
import { survey } from "../../src/jobs/mp4/survey.ts"
import { UploadError } from "../../src/jobs/UploadedFile.ts"
import { MediaProbe, UnreadableMedia } from "../../src/ports/MediaProbe.ts"
import * as MemoryDisk from "../../src/ports/memory/MemoryDisk.ts"
import { uploaded } from "../../src/testing/uploaded.ts"
import { build } from "../support/mp4.ts"

const fragment = (decode: number) => ({
  ...({ track: 1, decode, isWide: true, durations: "fragment", hasOffsets: false } as const),
  samples: Array.from({ length: 43 }, () => ({ duration: 1024, offset: 0 }))
})

/** Two fragments of audio. */
const bytes = build({
  ...{ timescale: 1000, index: 1, editsType: "free", indexed: () => 0 },
  tracks: [{ ...{ id: 1, handler: "soun", codec: "mp4a", timescale: 44_100 }, edits: undefined, isWide: false }],
  fragments: [[fragment(0)], [fragment(43 * 1024)]]
})

/** The packets that the probe is given for a survey of the file. */
const given = (surveyed: Parameters<typeof examine>[1]["surveyed"]) =>
  Effect.gen(function* () {
    const disk = yield* MemoryDisk.MemoryDisk
    const upload = uploaded(disk, "/upload", { bytes, contentType: "video/mp4", filename: "a.mp4" })
    let packets: Effect.Effect<ReadonlyArray<TrackPackets>> | undefined
    const probe = Layer.succeed(MediaProbe, {
      probe: (_, known) => {
        packets = known
        return new UnreadableMedia({ reason: "This test needs no report." })
      },
      frame: () => Effect.dieMessage("No frame is needed")
    })
    yield* examine(upload, {
      ...{ attemptId: "attempt", key: FileKey.make("videos/a.mp4"), check: () => Either.void },
      ...(surveyed === undefined ? {} : { surveyed })
    }).pipe(Effect.flip, Effect.provide(probe))
    return yield* Effect.transposeOption(Option.fromNullable(packets))
  }).pipe(Effect.provide(MemoryDisk.layer))

describe("the probe of a result", () => {
  it.effect("is given the packets of a survey, so that the boxes are read once", () =>
    Effect.gen(function* () {
      const disk = new Map<string, Uint8Array>()
      const surveyed = survey(uploaded(disk, "/a", { bytes, contentType: "video/mp4", filename: "a.mp4" }))
      const packets = { count: 86, start: 0, end: (86 * 1024) / 44_100 }
      assert.deepStrictEqual(yield* given(surveyed), Option.some([{ kind: "audio", packets: Option.some(packets) }]))
    })
  )

  it.effect("is given none by a survey that failed, and decides itself without one", () =>
    Effect.gen(function* () {
      const failed = given(Effect.fail(new UploadError({ cause: "gone" })))
      assert.deepStrictEqual(yield* failed, Option.some([]))
      assert.deepStrictEqual(yield* given(undefined), Option.none())
    })
  )
})
