import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aVideoId } from "@runner-connector/contracts"
import { Effect, Layer, Option } from "effect"
import * as ConnectorConfig from "../../src/config/ConnectorConfig.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { copiesFirst } from "../../src/jobs/copiesFirst.ts"
import * as JobType from "../../src/jobs/JobType.ts"
import { VodHlsTranscoding } from "../../src/jobs/VodHlsTranscoding.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import * as MemoryDisk from "../../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../../src/ports/memory/MemoryFileStorage.ts"
import * as MemoryMediaCutter from "../../src/ports/memory/MemoryMediaCutter.ts"
import * as MemoryMediaProbe from "../../src/ports/memory/MemoryMediaProbe.ts"
import * as MemoryMediaRemuxer from "../../src/ports/memory/MemoryMediaRemuxer.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import { makeCounting, RunnerNotifier } from "../../src/ports/RunnerNotifier.ts"
import * as Growing from "../../src/usecases/chunks/Growing.ts"
import * as AfterCommit from "../../src/usecases/engine/AfterCommit.ts"
import * as Completion from "../../src/usecases/engine/Completion.ts"
import * as JobOffers from "../../src/usecases/engine/JobOffers.ts"
import * as Publishing from "../../src/usecases/engine/Publishing.ts"
import * as VideoFinalizer from "../../src/usecases/engine/VideoFinalizer.ts"
import * as Replays from "../../src/usecases/live/Replays.ts"
import * as JobLease from "../../src/usecases/runner/JobLease.ts"
import * as RunnerJobs from "../../src/usecases/runner/RunnerJobs.ts"
import * as Runners from "../../src/usecases/runner/Runners.ts"
import * as Uploads from "../../src/usecases/video/Uploads.ts"

const HLS = "vod-hls-transcoding"
const STORYBOARD = "generate-video-storyboard"

/** A type under the name that only newer runners know; what it does matters to nobody here. */
const types = JobType.layer([VodHlsTranscoding, { ...VodHlsTranscoding, name: STORYBOARD }])

const world = RunnerJobs.layer.pipe(
  Layer.provideMerge(Completion.layer),
  Layer.provideMerge(Layer.mergeAll(Publishing.layer, JobLease.layer)),
  Layer.provideMerge(Runners.layer),
  Layer.provideMerge(VideoFinalizer.layer.pipe(Layer.provide([Replays.layer, Growing.layer]))),
  Layer.provideMerge(Layer.mergeAll(AfterCommit.layer, Uploads.layer, JobOffers.layer)),
  Layer.provideMerge(types),
  Layer.provideMerge(
    Layer.mergeAll(
      MemoryStores.layer,
      MemoryFileStorage.layer,
      MemoryMediaProbe.layer,
      MemoryMediaRemuxer.layer,
      MemoryMediaCutter.layer
    )
  ),
  Layer.provideMerge(
    Layer.effect(
      RunnerNotifier,
      Effect.map(makeCounting, ({ notifier }) => notifier)
    )
  ),
  Layer.provide([ConnectorConfig.layer({ publicUrl: new URL("https://media.example") }), MemoryDisk.layer])
)

interface Ask {
  readonly version?: string
  readonly jobTypes?: ReadonlyArray<string>
}

/** A rendition of a video, the one of its own size or another. */
const rendition = (priority: number, over: Partial<RunnerJob> = {}, isCopy = false) =>
  aJob({ type: HLS, priority, privatePayload: isCopy ? { isCopy: true } : {}, ...over })

/** A runner that registers with the first of these versions, and the types of the jobs that its requests show. */
const shown = (registered: string | undefined, asks: ReadonlyArray<Ask>) =>
  Effect.gen(function* () {
    const store = yield* JobStore
    yield* store.insert([aJob({ type: HLS, priority: 1 }), aJob({ type: STORYBOARD, priority: 2 })])
    const runners = yield* Runners.Runners
    const jobs = yield* RunnerJobs.RunnerJobs
    const { registrationToken } = yield* runners.createRegistrationToken()
    const version = Option.fromNullable(registered)
    const who = { name: "gpu-1", description: Option.none(), ip: Option.none(), version }
    const { runnerToken } = yield* runners.register({ registrationToken, ...who })
    const seen = yield* Effect.forEach(asks, (ask) =>
      jobs.request({
        runnerToken,
        jobTypes: Option.fromNullable(ask.jobTypes),
        caller: { ip: Option.none(), version: Option.fromNullable(ask.version) }
      })
    )
    const { jobTypes } = yield* runners.authenticate(runnerToken)
    return { seen: seen.map((found) => found.map(({ type }) => type)), jobTypes }
  }).pipe(Effect.provide(world))

const rows: ReadonlyArray<readonly [what: string, registered: string | undefined, ask: Ask, ReadonlyArray<string>]> = [
  ["says nothing of itself", undefined, {}, [HLS]],
  ["is too old for a type", undefined, { version: "0.2.9" }, [HLS]],
  ["is a candidate of the version that knows it", undefined, { version: "0.3.0-rc.1" }, [HLS]],
  ["knows all types", undefined, { version: "0.3.0" }, [HLS, STORYBOARD]],
  ["has told its version when it registered", "0.4.0", {}, [HLS, STORYBOARD]],
  ["has been put back to an older version", "0.4.0", { version: "0.2.0" }, [HLS]],
  ["names a type that its version does not suggest", undefined, { jobTypes: [STORYBOARD] }, [STORYBOARD]],
  ["leaves out a type that it knows", "0.4.0", { jobTypes: [HLS] }, [HLS]],
  ["wants none", "0.4.0", { jobTypes: [] }, []],
  ["requests an unknown type", "0.4.0", { jobTypes: ["unheard-of"] }, []]
]

describe("the jobs that are offered", () => {
  it.effect.each(rows)("to a runner that %s", ([, registered, ask, expected]) =>
    Effect.gen(function* () {
      deepStrictEqual((yield* shown(registered, [ask])).seen, [[...expected]])
    })
  )

  it.effect("stores the types of the last request of a runner, all types when it names none", () =>
    Effect.gen(function* () {
      const some = [{ jobTypes: [HLS] }, { jobTypes: [STORYBOARD, HLS] }]
      deepStrictEqual((yield* shown("0.4.0", some)).jobTypes, Option.some([STORYBOARD, HLS]))
      deepStrictEqual((yield* shown("0.4.0", [...some, {}])).jobTypes, Option.none())
    })
  )
})

describe("a runner that is removed", () => {
  it.effect("is disconnected once, after a ping unless it has unregistered itself", () =>
    Effect.gen(function* () {
      const counting = yield* makeCounting
      const live = Runners.layer.pipe(
        Layer.provide(VideoFinalizer.layer.pipe(Layer.provide([Replays.layer, Growing.layer]))),
        Layer.provide(JobOffers.layer),
        Layer.provide([types, Uploads.layer]),
        Layer.provide([
          MemoryStores.layer,
          MemoryFileStorage.layer,
          MemoryMediaProbe.layer,
          MemoryMediaRemuxer.layer,
          MemoryMediaCutter.layer
        ]),
        Layer.provide([
          Layer.succeed(RunnerNotifier, counting.notifier),
          ConnectorConfig.layer({ publicUrl: new URL("https://media.example") }),
          MemoryDisk.layer
        ])
      )
      yield* Effect.gen(function* () {
        const runners = yield* Runners.Runners
        const token = yield* runners.createRegistrationToken()
        const register = (name: string) =>
          runners.register({
            registrationToken: token.registrationToken,
            ...{ name, description: Option.none(), ip: Option.none(), version: Option.none() }
          })
        const [one, two, three, four] = [
          yield* register("a"),
          yield* register("b"),
          yield* register("c"),
          yield* register("d")
        ]
        yield* runners.unregister(one.runnerToken)
        yield* runners.remove(two.runner.id)
        yield* runners.remove(two.runner.id)
        yield* runners.removeRegistrationToken(token.record.id)
        yield* runners.removeRegistrationToken(token.record.id)
        deepStrictEqual(
          yield* counting.removed,
          [one, two, three, four].map(({ runner }) => ({ id: runner.id, ping: runner.id !== one.runner.id }))
        )
      }).pipe(Effect.provide(Layer.provide(live, AfterCommit.layer)))
    })
  )
})

describe("renditions that can be copied", () => {
  const video = Option.some(aVideoId())
  const small = rendition(2, { videoId: video })
  const large = rendition(3, { videoId: video }, true)
  const other = rendition(1, { videoId: Option.some(aVideoId()) })

  it("come before the others of their video for runners that copy", () => {
    deepStrictEqual(copiesFirst([small, large], Option.some("0.4.0")), [large, small])
    deepStrictEqual(copiesFirst([small, large], Option.some("0.3.0")), [small, large])
    deepStrictEqual(copiesFirst([small, large], Option.none()), [small, large])
  })

  it("do not come before other videos", () => {
    deepStrictEqual(copiesFirst([other, small, large], Option.some("0.4.0")), [other, small, large])
    deepStrictEqual(copiesFirst([], Option.some("0.4.0")), [])
  })

  it("in chunks come after the audio and earlier chunks of the film, which viewers need first", () => {
    const audio = rendition(4, { videoId: video })
    const chunkOf = (number: number, chunk: number, copies = false) =>
      rendition(number, { videoId: video, renditionId: Option.some("r"), chunk: Option.some(chunk) }, copies)
    const [first, second] = [chunkOf(5, 0), chunkOf(6, 1)]
    const [copied, later] = [chunkOf(7, 0, true), chunkOf(8, 1, true)]
    const order = (...offered: ReadonlyArray<RunnerJob>) => copiesFirst(offered, Option.some("0.4.0"))
    deepStrictEqual(order(audio, first, copied), [audio, first, copied])
    deepStrictEqual(order(first, second, copied, later), [copied, first, second, later])
    deepStrictEqual(order(first, second, later), [first, second, later])
    deepStrictEqual(order(second, later), [later, second])
  })

  it.effect("are shown first by a request", () =>
    Effect.gen(function* () {
      yield* Effect.flatMap(JobStore, ({ insert }) => insert([small, large]))
      const runners = yield* Runners.Runners
      const jobs = yield* RunnerJobs.RunnerJobs
      const { registrationToken } = yield* runners.createRegistrationToken()
      const caller = { ip: Option.none(), version: Option.some("0.4.0") }
      const who = { name: "copies", description: Option.none(), ...caller }
      const { runnerToken } = yield* runners.register({ registrationToken, ...who })
      const [first] = yield* jobs.request({ runnerToken, jobTypes: Option.none(), caller })
      deepStrictEqual(first?.id, large.id)
    }).pipe(Effect.provide(world))
  )
})
