import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import { jobsOf, type Registered, register, takeIn, videoOf } from "../support/actions.ts"
import { chunkingOf, untilCut } from "../support/chunks.ts"
import type { Fault } from "../support/faults.ts"
import { goOn, type Scenario, sweep, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

interface Film {
  readonly runner: Registered
  readonly video: Pick<Video, "id">
}

/** A film of two chunks in one rendition. The server copies its audio, if that is AAC. */
const filmOf = (audioCodec = "aac") =>
  ({ source: Media.aVideo({ seconds: 24, audioCodec }), plan: { graph: "chunked" } }) as const
const settings = { resolutions: [360], chunkDuration: 90, chunkMinDuration: 10 } as const

const complete: Scenario<Film>["afterwards"] = (other, { runner }) =>
  Effect.gen(function* () {
    const { world } = other
    const [video] = world.state.videos.values()
    // Of a video that was never added nothing is left.
    if (video === undefined) return
    yield* goOn(other, runner)
    const film = videoOf(world, video)
    deepStrictEqual(
      film.files.map(({ parts, resolution }) => [resolution, parts?.length]),
      [
        [0, undefined],
        [360, 2]
      ]
    )
    assert.strictEqual(film.state, "Published")
    const made = jobsOf(world).filter(({ renditionId }) => Option.isSome(renditionId))
    deepStrictEqual(made.map(({ chunk, state }) => [Option.getOrNull(chunk), state]).sort(), [
      [0, "Completed"],
      [1, "Completed"]
    ] as never)
    deepStrictEqual(chunkingOf(world, film).renditions, [])
  })

const begun = (world: World): boolean => world.state.videos.size > 0

/** From the upload to the last chunk that is cut. */
const cutting = (audioCodec: string): Scenario<Film> => ({
  given: (server) => Effect.map(register(server), (runner) => ({ runner, video: { id: "" as Video["id"] } })),
  when: (server) =>
    Effect.gen(function* () {
      const video = yield* takeIn(server, { ...filmOf(audioCodec), settings })
      if (begun(server.world)) yield* asTimeGoesBy(untilCut(server.world, video))
    }),
  afterwards: complete
})

/** From the first result to the end of the film. */
const growing: Scenario<Film> = {
  given: (server) =>
    Effect.gen(function* () {
      const runner = yield* register(server)
      const video = yield* takeIn(server, { ...filmOf(), settings })
      yield* untilCut(server.world, video)
      // The fibers of the first server have nothing to do any more.
      for (let turns = 0; turns < 100; turns++) yield* Effect.yieldNow()
      return { runner, video }
    }),
  when: (server, { runner }) => Effect.repeatN(workOnce(server, runner), 2),
  afterwards: complete
}

const fatal: ReadonlyArray<Fault> = ["sees the server die", "fails although it was done"]

describe("a film in chunks is complete, and leaves no stray file, when any one call", () => {
  for (const audioCodec of ["aac", "opus"]) {
    it.effect.each(fatal)(
      `%s while its source with ${audioCodec} is cut`,
      (fault) => Effect.asVoid(sweep(cutting(audioCodec), fault)),
      { timeout: 600_000 }
    )
  }

  it.effect.each(fatal)("%s while its chunks arrive", (fault) => Effect.asVoid(sweep(growing, fault)), {
    timeout: 600_000
  })
})
