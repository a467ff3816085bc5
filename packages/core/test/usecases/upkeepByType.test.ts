import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, someMoment } from "@runner-connector/contracts"
import { Context, DateTime, Duration, Effect, Layer, Option, Schema, TestClock } from "effect"
import * as ConnectorConfig from "../../src/config/ConnectorConfig.ts"
import { RunnerId } from "../../src/domain/Ids.ts"
import * as JobType from "../../src/jobs/JobType.ts"
import { VodHlsTranscoding } from "../../src/jobs/VodHlsTranscoding.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import * as RunnerNotifier from "../../src/ports/RunnerNotifier.ts"
import * as JobAdmin from "../../src/usecases/admin/JobAdmin.ts"
import * as Cutting from "../../src/usecases/chunks/Cutting.ts"
import * as Growing from "../../src/usecases/chunks/Growing.ts"
import * as AfterCommit from "../../src/usecases/engine/AfterCommit.ts"
import * as Completion from "../../src/usecases/engine/Completion.ts"
import * as JobOffers from "../../src/usecases/engine/JobOffers.ts"
import * as Publishing from "../../src/usecases/engine/Publishing.ts"
import * as VideoFinalizer from "../../src/usecases/engine/VideoFinalizer.ts"
import * as Replays from "../../src/usecases/live/Replays.ts"
import * as JobLease from "../../src/usecases/runner/JobLease.ts"
import * as Runners from "../../src/usecases/runner/Runners.ts"
import * as Upkeep from "../../src/usecases/upkeep/Upkeep.ts"
import * as Removal from "../../src/usecases/video/Removal.ts"
import * as Uploads from "../../src/usecases/video/Uploads.ts"
import { jobOf } from "../support/actions.ts"
import { makeWorld, type World } from "../support/World.ts"

const Live = JobType.make({
  name: "a-live",
  payload: Schema.Unknown,
  privatePayload: Schema.Unknown,
  result: Schema.Unknown,
  abortable: false,
  silence: "live",
  present: () => ({}),
  complete: () => Effect.succeed(Option.none()),
  files: () => []
})

const upkeepOf = (world: World) =>
  Upkeep.layer.pipe(
    Layer.provide([Removal.layer, Cutting.layer]),
    Layer.provide(JobAdmin.layer),
    Layer.provide(Completion.layer),
    Layer.provide([Publishing.layer, JobLease.layer]),
    Layer.provide(Runners.layer),
    Layer.provide(VideoFinalizer.layer.pipe(Layer.provide([Replays.layer, Growing.layer]))),
    Layer.provide(JobOffers.layer),
    Layer.provide([AfterCommit.layer, Uploads.layer, JobType.layer([VodHlsTranscoding, Live])]),
    Layer.provide([
      Layer.succeedContext(world.ports),
      RunnerNotifier.layerSilent,
      ConnectorConfig.layer({
        publicUrl: new URL("https://media.example"),
        liveSilence: Duration.seconds(30),
        vodSilence: Duration.minutes(2)
      })
    ])
  )

it.effect("a live that fell silent ends by its own limit, however many others are silent for longer", () =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    yield* TestClock.setTime(DateTime.toEpochMillis(someMoment))
    const held = { state: "Processing", runnerId: Option.some(RunnerId.make(1)) } as const
    const silentFor = (type: string, seconds: number) =>
      aJob({ ...held, type, updatedAt: DateTime.subtract(someMoment, { seconds }) })
    const others = Array.from({ length: 101 }, (_, n) => silentFor("vod-hls-transcoding", 200 + n))
    const slow = silentFor("vod-hls-transcoding", 100)
    const [silent, watched] = [silentFor("a-live", 31), silentFor("a-live", 29)]
    yield* Context.get(world.ports, JobStore).insert([silent, watched, slow, ...others])
    yield* Effect.flatMap(Upkeep.Upkeep, ({ round }) => round).pipe(Effect.provide(upkeepOf(world)))
    deepStrictEqual(
      [silent, watched, slow].map(({ id }) => jobOf(world, id).state),
      ["Errored", "Processing", "Processing"]
    )
    const released = others.filter(({ id }) => jobOf(world, id).state === "Pending")
    assert.lengthOf(released, 100)
  })
)
