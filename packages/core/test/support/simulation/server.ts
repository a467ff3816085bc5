import { aNewVideo } from "@runner-connector/contracts"
import { Context, Duration, Effect, Layer, Option } from "effect"
import * as ConnectorConfig from "../../../src/config/ConnectorConfig.ts"
import type { JobId } from "../../../src/domain/Ids.ts"
import { REQUIRED } from "../../../src/domain/job/GraphNode.ts"
import { noRest } from "../../../src/domain/job/RetrySchedule.ts"
import * as RunnerNotifier from "../../../src/ports/RunnerNotifier.ts"
import { VideoStore } from "../../../src/ports/VideoStore.ts"
import * as RunnerConnector from "../../../src/RunnerConnector.ts"
import { RunnerJobs } from "../../../src/usecases/runner/RunnerJobs.ts"
import { Runners } from "../../../src/usecases/runner/Runners.ts"
import { Upkeep } from "../../../src/usecases/upkeep/Upkeep.ts"
import { Jobs } from "../../../src/usecases/video/Jobs.ts"
import { nobody } from "../Process.ts"
import { makeWorld, type World } from "../World.ts"
import { FilmJob } from "./FilmJob.ts"
import type { Film, Sharing, Worker } from "./model.ts"

/** Runners send no heartbeats in a simulation, and failed jobs do not rest. */
const settings = {
  publicUrl: new URL("https://media.example"),
  vodSilence: Duration.days(100),
  retryPause: noRest
}

/** The use cases over stores in memory. */
const makeUseCases = (world: World, sharing: Sharing) =>
  Effect.gen(function* () {
    const given = Layer.merge(RunnerNotifier.layerSilent, ConnectorConfig.layer({ ...settings, ...sharing }))
    const layer = RunnerConnector.layerUseCasesWith({ jobTypes: [FilmJob] }).pipe(
      Layer.provide(Layer.merge(Layer.succeedContext(world.ports), given))
    )
    return yield* Layer.build(layer)
  })

/** Registers a runner with its labels. It stays online. */
const makeEnroll =
  (runners: Runners["Type"], { state }: World) =>
  (worker: Worker) =>
    Effect.gen(function* () {
      const labels = worker.labels ?? []
      const { registrationToken } = yield* runners.createRegistrationToken({ labels })
      const named = { name: worker.name, description: Option.none(), ip: Option.none(), version: Option.none() }
      const { runner, runnerToken } = yield* runners.register({ registrationToken, ...named })
      state.presence.online.set(runner.id, runner.createdAt)
      return { id: runner.id, runnerToken }
    }).pipe(Effect.orDie)

/** Adds a film with its jobs. */
const makeTakeIn = (context: Context.Context<RunnerConnector.UseCases>, world: World) => (film: Film) =>
  Effect.gen(function* () {
    const { labels = [], priority = 0, renditions } = film
    const tenant = Option.fromNullable(film.tenant)
    const { insert } = Context.get(world.ports, VideoStore)
    const video = yield* insert(aNewVideo({ labels, priority, tenant, sourceKey: Option.none() }), [])
    const { create } = Context.get(context, Jobs)
    const ids: Array<JobId> = []
    for (const [place, work] of renditions.entries()) {
      const order = { payload: { work }, privatePayload: {}, videoId: video.id, priority: REQUIRED + place }
      ids.push((yield* create(FilmJob, order)).id)
    }
    return ids
  }).pipe(Effect.orDie)

/** The calls of a simulated server. */
export const makeServer = (sharing: Sharing) =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const context = yield* makeUseCases(world, sharing)
    const runners = Context.get(context, Runners)
    return {
      world,
      runners,
      jobs: Context.get(context, RunnerJobs),
      upkeep: Context.get(context, Upkeep).round,
      enroll: makeEnroll(runners, world),
      takeIn: makeTakeIn(context, world),
      caller: nobody
    }
  })

/** A simulated server. */
export type Server = Effect.Effect.Success<ReturnType<typeof makeServer>>
