import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo } from "@runner-connector/contracts"
import { Chunk, Context, Effect, Layer, Option, Queue, Schema } from "effect"
import * as ConnectorConfig from "../../src/config/ConnectorConfig.ts"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Demand } from "../../src/domain/runner/RunnerDemand.ts"
import { builtIn } from "../../src/jobs/all.ts"
import * as JobType from "../../src/jobs/JobType.ts"
import { UploadedFile } from "../../src/jobs/UploadedFile.ts"
import { VodHlsTranscoding } from "../../src/jobs/VodHlsTranscoding.ts"
import * as ConnectorHooks from "../../src/ports/ConnectorHooks.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import * as MemoryDisk from "../../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../../src/ports/memory/MemoryFileStorage.ts"
import * as MemoryMediaCutter from "../../src/ports/memory/MemoryMediaCutter.ts"
import * as MemoryMediaProbe from "../../src/ports/memory/MemoryMediaProbe.ts"
import * as MemoryMediaRemuxer from "../../src/ports/memory/MemoryMediaRemuxer.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import * as RunnerNotifier from "../../src/ports/RunnerNotifier.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import * as RunnerConnector from "../../src/RunnerConnector.ts"
import { aFile } from "../../src/testing/results.ts"
import { uploaded } from "../../src/testing/uploaded.ts"
import { JobAdmin } from "../../src/usecases/admin/JobAdmin.ts"
import { RunnerJobs } from "../../src/usecases/runner/RunnerJobs.ts"
import { Runners } from "../../src/usecases/runner/Runners.ts"
import { Jobs } from "../../src/usecases/video/Jobs.ts"
import { nobody } from "../support/Process.ts"

const keyOf = (attemptId: string) => FileKey.make(`counts/${attemptId}.txt`)

/** Keeps its file for the host, and needs no video. */
const Count = JobType.make({
  name: "app-count",
  payload: Schema.Struct({ to: Schema.NumberFromString.pipe(Schema.positive()) }),
  privatePayload: Schema.Struct({}),
  result: Schema.Struct({ countFile: Schema.optional(UploadedFile.schema) }),
  abortable: true,
  silence: "vod",
  present: (_job, { payload }) => payload,
  complete: Effect.fnUntraced(function* ({ attemptId, result: { countFile } }) {
    if (countFile === undefined) return Option.none()
    const storage = yield* FileStorage
    yield* JobType.orCompletionError(storage.adopt(keyOf(attemptId), countFile.path))
    return Option.some(JobType.keptFiles)
  }),
  files: ({ attemptId }) => [keyOf(attemptId)]
})

/** A number whose schema asks somebody else. */
const Waiting = Schema.transformOrFail(Schema.Number, Schema.Number, {
  strict: true,
  decode: (given) => Effect.delay(Effect.succeed(given), "1 second"),
  encode: (given) => Effect.delay(Effect.succeed(given), "1 second")
})

/** Takes the place of a built-in type. */
const Other = { ...VodHlsTranscoding, abortable: false }

const files = Layer.mergeAll(
  MemoryFileStorage.layer,
  MemoryMediaProbe.layer,
  MemoryMediaRemuxer.layer,
  MemoryMediaCutter.layer
).pipe(Layer.provideMerge(MemoryDisk.layer))

const ended = Effect.runSync(Queue.unbounded<string>())
const hooks = ConnectorHooks.layer({ jobEnded: ({ id, state }) => Effect.asVoid(Queue.offer(ended, `${id} ${state}`)) })

const demands = Effect.runSync(Queue.unbounded<Demand>())
const notifier = Layer.map(RunnerNotifier.layerSilent, (context) =>
  Context.add(context, RunnerNotifier.RunnerNotifier, {
    ...Context.get(context, RunnerNotifier.RunnerNotifier),
    availableJobs: (wanted) => Effect.asVoid(Queue.offerAll(demands, wanted))
  })
)

const connector = RunnerConnector.layerWith({
  jobTypes: [...builtIn, Count, Other],
  upkeepWhen: Effect.succeed(false)
}).pipe(
  Layer.provideMerge(Layer.mergeAll(files, MemoryStores.layer, hooks)),
  Layer.provide([notifier, ConnectorConfig.layer({ publicUrl: new URL("https://media.example") })])
)

const order = { payload: { to: 3 }, privatePayload: {} }

const storedJob = (id: RunnerJob["id"]) =>
  Effect.map(
    Effect.flatMap(JobStore, (jobs) => jobs.family(id)),
    ([job]) => job
  )

/** Takes the next job of the type and hands in this result. */
const work = (result: object) =>
  Effect.gen(function* () {
    const { createRegistrationToken, register } = yield* Runners
    const { registrationToken } = yield* createRegistrationToken()
    const named = { name: crypto.randomUUID(), description: Option.none(), ip: nobody.ip, version: nobody.version }
    const { runnerToken } = yield* register({ registrationToken, ...named })
    const jobs = yield* RunnerJobs
    const jobTypes = Option.some([Count.name])
    const [first] = yield* jobs.request({ runnerToken, jobTypes, caller: nobody })
    if (first === undefined) return yield* Effect.dieMessage("There is no job")
    const { job, jobToken } = yield* jobs.accept({ id: first.id, runnerToken, caller: nobody })
    const claim = { id: job.id, runnerToken, jobToken, caller: nobody }
    yield* jobs.success({ ...claim, payload: result, release: Effect.void })
    return Option.getOrThrow(job.attemptId)
  })

describe("a job of a type of the host", () => {
  it.live("is stored as its schema encodes it, and its files stay", () =>
    Effect.gen(function* () {
      const { create } = yield* Jobs
      const job = yield* create(Count, order)
      deepStrictEqual((yield* storedJob(job.id))?.payload, { to: "3" })
      const disk = yield* MemoryDisk.MemoryDisk
      const countFile = uploaded(disk, "/spool/count", aFile(new TextEncoder().encode("1 2 3"), "count.txt"))
      const attemptId = yield* work({ countFile })
      assert.strictEqual(yield* Queue.take(ended), `${job.id} Completed`)
      assert.strictEqual((yield* (yield* FileStorage).stat(keyOf(attemptId))).size, 5)
    }).pipe(Effect.provide(connector))
  )

  it.live("may have nothing to publish", () =>
    Effect.gen(function* () {
      const job = yield* (yield* Jobs).create(Count, order)
      yield* work({})
      assert.strictEqual(yield* Queue.take(ended), `${job.id} Completed`)
    }).pipe(Effect.provide(connector))
  )

  it.live("waits for another one, and ends with it", () =>
    Effect.gen(function* () {
      const { create } = yield* Jobs
      const first = yield* create(Count, order)
      const [second, third] = yield* Effect.all(
        [create(Count, { ...order, dependsOn: first.id }), create(Count, { ...order, dependsOn: first.id })],
        { concurrency: 2 }
      )
      deepStrictEqual([second.state, third.state], ["WaitingForParent", "WaitingForParent"])
      yield* work({})
      assert.strictEqual(yield* Queue.take(ended), `${first.id} Completed`)
      for (const { id } of [second, third]) assert.strictEqual((yield* storedJob(id))?.state, "Pending")
      const late = yield* create(Count, { ...order, dependsOn: first.id })
      assert.strictEqual(late.state, "Pending")
      const last = yield* create(Count, { ...order, dependsOn: late.id })
      yield* (yield* JobAdmin).cancel(late.id)
      deepStrictEqual(
        [yield* Queue.take(ended), yield* Queue.take(ended)],
        [`${late.id} Cancelled`, `${last.id} ParentCancelled`]
      )
      const refused = yield* Effect.flip(create(Count, { ...order, dependsOn: late.id }))
      assert.strictEqual(refused.message, "dependsOn: the job has ended as Cancelled")
    }).pipe(Effect.provide(connector))
  )

  it.live("is awaited by its video if the host says so", () =>
    Effect.gen(function* () {
      const [videos, { create }] = [yield* VideoStore, yield* Jobs]
      const { id } = yield* videos.insert(aNewVideo({ endedAt: Option.some(aJob().createdAt) }), [])
      yield* create(Count, { ...order, videoId: id })
      const endedAt = Effect.map(videos.find(id), (video) => Option.flatMap(video, (found) => found.endedAt))
      assert.isTrue(Option.isSome(yield* endedAt))
      yield* create(Count, { ...order, videoId: id, awaited: true })
      assert.isTrue(Option.isNone(yield* endedAt))
    }).pipe(Effect.provide(connector))
  )

  it.live("has the labels of its video, and runners with these labels are pinged", () =>
    Effect.gen(function* () {
      const { create } = yield* Jobs
      const { id } = yield* (yield* VideoStore).insert(aNewVideo({ labels: ["site-berlin"] }), [])
      const job = yield* create(Count, { ...order, videoId: id, labels: ["gpu"] })
      deepStrictEqual(job.labels, ["gpu", "site-berlin"])
      const pinged = (yield* Queue.takeAll(demands)).pipe(Chunk.toReadonlyArray)
      deepStrictEqual(pinged.at(-1)?.labels, job.labels)
    }).pipe(Effect.provide(connector))
  )

  it.live("is refused with the field and the remedy", () =>
    Effect.gen(function* () {
      const { create } = yield* Jobs
      const { id } = yield* (yield* VideoStore).insert(aNewVideo(), [])
      const job = yield* create(Count, { ...order, videoId: id })
      const message = (refused: ReturnType<typeof create>) => Effect.map(Effect.flip(refused), (error) => error.message)
      const none = crypto.randomUUID()
      assert.match(yield* message(create({ ...Count, name: "app-sum" }, order)), /no job type app-sum.*`jobTypes`/)
      assert.match(yield* message(create(Count, { ...order, payload: { to: 0 } })), /^payload: to: Expected a positive/)
      const waiting = { ...Count, payload: Schema.Struct({ to: Waiting }) }
      assert.match(yield* message(create(waiting, order)), /^payload: to: .*synchronously/)
      assert.match(yield* message(create(Count, { ...order, priority: -1 })), /^priority: /)
      assert.match(yield* message(create(Count, { ...order, awaited: true })), /awaited: only a video can wait/)
      assert.match(yield* message(create(Count, { ...order, dependsOn: job.id })), /another video/)
      assert.strictEqual(yield* message(create(Count, { ...order, videoId: none })), "Unknown video")
      assert.match(yield* message(create(Count, { ...order, dependsOn: none })), /^Unknown job/)
    }).pipe(Effect.provide(connector))
  )
})

it.effect("a later job type takes the place of one with the same name", () =>
  Effect.gen(function* () {
    const { all, find } = yield* JobType.JobTypes
    assert.strictEqual(all.filter(({ name }) => name === VodHlsTranscoding.name).length, 1)
    deepStrictEqual(
      Option.map(find(VodHlsTranscoding.name), ({ abortable }) => abortable),
      Option.some(false)
    )
  }).pipe(Effect.provide(connector))
)
