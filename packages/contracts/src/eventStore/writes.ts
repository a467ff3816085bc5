import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Event, type JobAttempt, JobStore, RunnerStore, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob, aNewVideo, aRegisteredRunner, aVideoFile } from "../fixtures.ts"
import { later, storedVideo } from "../stores.ts"
import { type EventCases, eventsOf, typesOf } from "./support.ts"

const failedAttempt = (message: string): JobAttempt.JobAttempt => ({
  runner: "runner",
  version: Option.none(),
  startedAt: later(0),
  end: Option.some({ at: later(1), outcome: "failed", message: Option.some(message) })
})

const jobCases: EventCases = (it) => {
  it.effect("adds the events of a job with each write that changes its state", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const job = aJob({ videoId: Option.some(aNewVideo().id) })
      const write = Effect.gen(function* () {
        yield* store.insert([job])
        yield* store.commit([{ ...job, state: "Processing", updatedAt: later(1) }])
        const attempts = [failedAttempt("no space left")]
        yield* store.commit([{ ...job, state: "Pending", attempts, revision: 1 }])
        yield* store.commit([{ ...job, state: "Pending", priority: 5, attempts, revision: 2 }])
        yield* store.commit([{ ...job, state: "Errored", attempts, error: Option.some("broken"), revision: 3 }])
      })
      const [, events] = yield* eventsOf(write, 5)
      deepStrictEqual(typesOf(events), ["job.pending", "job.accepted", "job.failed", "job.pending", "job.failed"])
      for (const { jobId, videoId } of events) deepStrictEqual([jobId, videoId], [Option.some(job.id), job.videoId])
      deepStrictEqual(events[1]?.occurredAt, later(1))
      const failures = events.flatMap((event) => (event.type === "job.failed" ? [event.data] : []))
      deepStrictEqual(failures, [
        { type: job.type, outcome: "failed", final: false, message: "no space left" },
        { type: job.type, outcome: null, final: true, message: "broken" }
      ])
      assert.strictEqual(new Set(events.map(({ id }) => id)).size, 5)
    })
  )

  it.effect("adds no event with a write that is refused", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [job, other] = [aJob(), aJob()]
      yield* store.insert([job])
      const refused = Effect.gen(function* () {
        yield* Effect.flip(store.commit([{ ...job, state: "Processing", revision: 7 }]))
        yield* Effect.flip(
          store.commit([
            { ...job, state: "Processing" },
            { ...other, state: "Cancelled" }
          ])
        )
        yield* Effect.flip(store.insert([other, job]))
        yield* store.commit([{ ...job, state: "Cancelled" }])
      })
      const [, events] = yield* eventsOf(refused, 1)
      deepStrictEqual(typesOf(events), ["job.cancelled"])
    })
  )
}

const videoCases: EventCases = (it) => {
  it.effect("adds the events of a video and its jobs in the order of their causes", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const added = aNewVideo()
      const videoId = Option.some(added.id)
      const job = aJob({ videoId })
      const file = aVideoFile()
      const write = Effect.gen(function* () {
        const video = yield* store.insert(added, [job])
        const next = aJob({ videoId })
        const published = { ...video, state: "Published" as const, files: [file], endedAt: Option.some(later(9)) }
        yield* store.save(published, [{ ...job, state: "Completed" }], [next])
        yield* Effect.flip(store.save({ ...published, files: [aVideoFile()] }, []))
        yield* store.save({ ...published, revision: 1, updatedAt: later(3) }, [])
        yield* store.remove({ id: video.id, revision: 2 })
        yield* store.remove({ id: video.id, revision: 2 })
      })
      const [, events] = yield* eventsOf(write, 8)
      deepStrictEqual(typesOf(events), [
        ...["video.created", "job.pending", "job.completed"],
        ...["video.rendition.ready", "video.playable", "video.completed", "job.pending", "video.deleted"]
      ])
      const ready = events.find(
        (event): event is Event.EventOf<"video.rendition.ready"> => event.type === "video.rendition.ready"
      )
      deepStrictEqual(ready?.data.file, file)
      for (const event of events) deepStrictEqual(event.videoId, videoId)
    })
  )

  it.effect("names the reason when captions or an edit come to nothing", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const added = aNewVideo({ state: "ToEdit" })
      const videoId = Option.some(added.id)
      const [captions, edit] = [
        aJob({ type: "video-transcription", videoId }),
        aJob({ type: "video-studio-transcoding", videoId })
      ]
      yield* store.insert(added, [captions, edit])
      const video = yield* storedVideo(added.id)
      const write = store.save({ ...video, state: "Published", endedAt: Option.some(later(1)) }, [
        { ...captions, state: "Errored", error: Option.some("no speech") },
        { ...edit, state: "Cancelled" }
      ])
      const [, events] = yield* eventsOf(write, 4)
      const reasons = events.flatMap((event) =>
        event.type === "captions.failed" || event.type === "editing.failed" ? [[event.type, event.data.message]] : []
      )
      deepStrictEqual(reasons, [
        ["captions.failed", "no speech"],
        ["editing.failed", "It was cancelled"]
      ])
      assert.lengthOf(events, 4, "a failed edit publishes nothing and ends nothing")
    })
  )
}

const runnerCases: EventCases = (it) => {
  it.effect("adds events when a runner registers and when it is removed, also with its registration token", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const write = Effect.gen(function* () {
        const runner = yield* aRegisteredRunner()
        yield* store.remove(runner.id)
        const other = yield* aRegisteredRunner()
        yield* store.registrationTokens.remove(other.registrationTokenId)
        return [runner, runner, other, other]
      })
      const [runners, events] = yield* eventsOf(write, 4)
      const seen = events.map(({ data, runnerId, type }) => [type, runnerId, data])
      const types = ["runner.registered", "runner.removed", "runner.registered", "runner.removed"]
      deepStrictEqual(
        seen as ReadonlyArray<unknown>,
        types.map((type, n) => [type, Option.fromNullable(runners[n]?.id), { name: runners[n]?.name }])
      )
    })
  )
}

/** Contract of the events that the stores write. */
export const eventWriteCases: EventCases = (it) => {
  for (const cases of [jobCases, videoCases, runnerCases]) cases(it)
}
