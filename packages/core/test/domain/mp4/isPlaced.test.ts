import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import * as Mp4 from "../../../src/domain/mp4/index.ts"
import { survey } from "../../../src/jobs/mp4/survey.ts"
import { build, type MadeTrack, sourceOf } from "../../support/mp4.ts"

const TIMESCALE = 48_000
const place: Mp4.Place = { fps: 24, at: 0.5 }

/** Whether a file of audio whose first sample has this decode time, in seconds, has the times of the place. */
const isPlaced = (start: number, edits?: MadeTrack["edits"]) =>
  Effect.gen(function* () {
    const decode = Math.round(start * TIMESCALE)
    const file = build({
      ...{ timescale: 1000, index: 1, editsType: "edts", indexed: () => 0 },
      tracks: [{ id: 1, handler: "soun", codec: "mp4a", timescale: TIMESCALE, isWide: false, edits }],
      fragments: [
        [
          {
            ...{ track: 1, decode, isWide: true, durations: "header", hasOffsets: false },
            samples: [{ duration: 1024, offset: 0 }]
          }
        ]
      ]
    })
    const { movie, timeline } = Option.getOrThrow(yield* survey(sourceOf(file)))
    return Mp4.isPlaced(movie, timeline, place)
  })

describe("audio that was made for its place", () => {
  const begin = Mp4.originOf(place.fps) + place.at

  it.effect("begins there, or earlier by the priming of an encoder", () =>
    Effect.gen(function* () {
      for (const priming of [0, 1024, 2112]) assert.isTrue(yield* isPlaced(begin - priming / TIMESCALE), `${priming}`)
    })
  )

  it.effect("does not begin later, nor much earlier", () =>
    Effect.gen(function* () {
      assert.isFalse(yield* isPlaced(begin + 0.003))
      assert.isFalse(yield* isPlaced(begin - 0.11))
    })
  )

  it.effect("has no edit list, which players ignore", () =>
    Effect.gen(function* () {
      assert.isFalse(yield* isPlaced(begin, [{ duration: 0, mediaTime: 1024 }]))
    })
  )
})
