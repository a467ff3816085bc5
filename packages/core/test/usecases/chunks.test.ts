import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Duration, Effect, Option, TestClock } from "effect"
import { isTerminal } from "../../src/domain/job/RunnerJob.ts"
import { keysInUse } from "../../src/domain/video/VideoMachine.ts"
import { aVideo } from "../../src/testing/media.ts"
import {
  accept,
  jobsOf,
  readText,
  register,
  request,
  resolutionOf,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { assertGrowing, chunkingOf, FILM, jobOfChunk, takeFilm, unfinished, untilCut } from "../support/chunks.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { turn } from "../support/time.ts"
import { makeWorld } from "../support/World.ts"

const facts = ({ world }: Process) =>
  jobsOf(world).map((job) => [resolutionOf(job), Option.getOrNull(job.chunk), job.priority] as const)

/** A film in 720p whose tracks fit HLS as they are. */
const aCopyableFilm = (seconds: number): Uint8Array => {
  const { format, streams } = JSON.parse(new TextDecoder().decode(aVideo({ seconds })))
  const plain = streams.map((stream: object) => ({ ...stream, pix_fmt: "yuv420p", has_b_frames: 0 }))
  return new TextEncoder().encode(JSON.stringify({ format: { ...format, bit_rate: "1000000" }, streams: plain }))
}

/** Does the job of one chunk. */
const make = (server: Process, resolution: number, chunk: number) =>
  Effect.gen(function* () {
    const runner = yield* register(server, `runner-${resolution}-${chunk}`)
    const job = jobOfChunk(server.world, resolution, chunk)
    yield* succeed(server, yield* accept(server, runner, job?.id ?? assert.fail()))
  })

const makeSound = (server: Process) =>
  Effect.gen(function* () {
    const runner = yield* register(server, "sound")
    const job = jobsOf(server.world).find((one) => resolutionOf(one) === 0) ?? assert.fail()
    yield* succeed(server, yield* accept(server, runner, job.id))
  })

describe("a film that is made in chunks", () => {
  it.effect("is cut behind the answer, and has a job for each chunk of each rendition", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const film = yield* takeFilm(server)
      assert.strictEqual(chunkingOf(server.world, film).state, "cutting", "the answer does not wait for the cutting")
      const { chunking } = yield* untilCut(server.world, film)
      const { chunks, total } = Option.getOrThrow(chunking)
      assert.strictEqual(chunks.length, total)
      assert.isAbove(total, 3)
      assert.approximately(
        chunks.reduce((sum, { duration }) => sum + duration, 0),
        FILM,
        0.001
      )
      const jobs = facts(server)
      assert.strictEqual(jobs.length, 2 * total + 1)
      const first = [...jobs].sort(([, , a], [, , b]) => a - b).map(([resolution, chunk]) => [resolution, chunk])
      deepStrictEqual(first.slice(0, 3), [
        [0, null],
        [360, 0],
        [360, 1]
      ] as never)
    })
  )

  it.effect("is cut behind its first chunk when it can be played, and after some seconds in any case", () =>
    Effect.gen(function* () {
      for (const isPlayed of [true, false]) {
        const server = yield* aProcess()
        const film = yield* takeFilm(server)
        const passed = (duration: Duration.DurationInput) =>
          Effect.zipRight(TestClock.adjust(duration), Effect.repeatN(turn, 200))
        yield* passed("2 seconds")
        assert.strictEqual(chunkingOf(server.world, film).chunks.length, 1)
        deepStrictEqual(
          facts(server)
            .map(([resolution, chunk]) => [resolution, chunk])
            .sort(),
          [
            [0, null],
            [360, 0],
            [480, 0]
          ] as never
        )
        if (isPlayed) {
          yield* makeSound(server)
          yield* make(server, 360, 0)
        }
        yield* passed("1 second")
        const soon = chunkingOf(server.world, film)
        assert.strictEqual(soon.chunks.length, isPlayed ? soon.total : 1)
        yield* passed("3 seconds")
        const { chunks, state, total } = chunkingOf(server.world, film)
        deepStrictEqual([chunks.length, state], [total, "cut"])
      }
    })
  )

  it.effect("can be played with its first chunk, and grows until it is complete", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const film = yield* takeFilm(server)
      yield* untilCut(server.world, film)
      const { world } = server
      const { total } = chunkingOf(world, film)
      yield* make(server, 360, 1)
      deepStrictEqual(videoOf(world, film).files, [], "it waits for the chunk before")
      yield* makeSound(server)
      assert.strictEqual(videoOf(world, film).state, "ToTranscode")
      yield* make(server, 360, 0)
      assert.strictEqual(videoOf(world, film).state, "Published")
      yield* assertGrowing(world, film)
      const { playlistKey } = unfinished(world, film, 360) ?? assert.fail()
      assert.include(yield* readText(world, playlistKey), "EVENT")
      for (const resolution of [480, 360]) {
        for (let chunk = total - 1; chunk >= 0; chunk--) {
          if (resolution === 480 || chunk > 1) yield* make(server, resolution, chunk)
          yield* assertGrowing(world, film)
        }
      }
      const done = videoOf(world, film)
      assert.isTrue(Option.isSome(done.endedAt))
      const text = yield* readText(world, playlistKey)
      assert.include(text, "#EXT-X-ENDLIST")
      deepStrictEqual(chunkingOf(world, film).renditions, [])
      deepStrictEqual(chunkingOf(world, film).chunks, [], "the chunks of the source are not needed any more")
      assert.isTrue(jobsOf(world).every(isTerminal))
      deepStrictEqual(
        done.files.map(({ parts, resolution }) => [resolution, parts?.length]),
        [
          [0, undefined],
          [360, total],
          [480, total]
        ]
      )
      const stored = yield* world.files
      for (const key of keysInUse(done)) assert.include(stored, key)
    })
  )

  it.effect("is offered in order to a single runner, and is playable after two jobs", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const film = yield* takeFilm(server)
      yield* untilCut(server.world, film)
      const runner = yield* register(server)
      let jobs = 0
      for (;;) {
        const [first] = yield* request(server, runner)
        if (first === undefined) break
        yield* succeed(server, yield* accept(server, runner, first.id))
        yield* assertGrowing(server.world, film)
        jobs += 1
        if (jobs === 2) assert.strictEqual(videoOf(server.world, film).state, "Published")
      }
      assert.isTrue(Option.isSome(videoOf(server.world, film).endedAt))
    })
  )

  it.effect("shows runners that copy the copy of its first chunk before the others, however many there are", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const film = yield* takeFilm(server, {
        source: aCopyableFilm(1200),
        settings: { resolutions: [240, 360, 480, 720], chunkDuration: 30, chunkMinDuration: 30 }
      })
      yield* untilCut(server.world, film)
      assert.isAbove(chunkingOf(server.world, film).total, 30)
      const runner = yield* register(server)
      const first = Effect.flatMap(request(server, runner), ([job]) => accept(server, runner, job?.id ?? assert.fail()))
      const taken = yield* Effect.replicateEffect(first, 3)
      const facts = taken.map(({ job }) => [resolutionOf(job), Option.getOrNull(job.chunk)])
      deepStrictEqual(facts, [
        [720, 0],
        [240, 0],
        [720, 1]
      ])
    })
  )

  it.effect("is cut by another server at once when the first one stops in good order", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const [first, second] = [yield* startProcess(world), yield* startProcess(world)]
      yield* TestClock.adjust("1 day")
      const film = yield* takeFilm(first)
      yield* first.stop
      const { cutter, state } = chunkingOf(world, film)
      assert.strictEqual(state, "cutting")
      assert.match(Option.getOrThrow(cutter).server, /^[0-]+$/, "a late write of the first one renews nothing")
      yield* second.upkeep
      assert.strictEqual(Option.getOrThrow((yield* untilCut(world, film)).chunking).state, "cut")
    })
  )

  it.effect("is transcoded whole when it is short, and says why", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const film = yield* takeFilm(server, { settings: { resolutions: [360], chunkMinDuration: 121 } })
      assert.match(chunkingOf(server.world, film).reason ?? "", /too short/)
      deepStrictEqual(facts(server), [[360, null, 100]])
    })
  )

  it.effect("is transcoded whole when its source cannot be cut, and says why", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const film = yield* takeIn(server, {
        source: aVideo({ seconds: FILM, codec: "vp9" }),
        plan: { graph: "chunked" },
        settings: { resolutions: [360, 480], chunkMinDuration: 30 }
      })
      yield* untilCut(server.world, film)
      assert.match(chunkingOf(server.world, film).reason ?? "", /codec/)
      const open = jobsOf(server.world).filter((job) => !isTerminal(job))
      deepStrictEqual(open.map(resolutionOf).sort(), [0, 360, 480])
    })
  )
})
