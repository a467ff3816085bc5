import { assert } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, JobStore, UploadStore, VideoStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob, aNewVideo, someMoment } from "../fixtures.ts"
import { assertJobs, assertOneWinner, assertVideos, race, type StoreCases } from "../stores.ts"

const anExternalId = () => `order ${crypto.randomUUID()}`

const named = (externalId: string) => aNewVideo({ externalId: Option.some(externalId) })

/** Contract of external ids. */
export const externalIdCases: StoreCases = (it) => {
  it.effect("finds the video with an external id, and none for another id", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const externalId = anExternalId()
      const video = yield* store.insert(named(externalId), [aJob()])
      yield* store.insert(aNewVideo(), [aJob()])
      assertVideos(Option.toArray(yield* store.findBy({ externalId })), [video])
      for (const other of [`${externalId} `, externalId.toUpperCase(), "", "%"]) {
        assertNone(yield* store.findBy({ externalId: other }))
      }
    })
  )

  it.effect("adds one of many videos with the same external id, with only its job", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const externalId = anExternalId()
      const candidates = Arr.makeBy(12, () => named(externalId))
      const outcomes = yield* race(
        candidates.map((video) => videos.insert(video, [aJob({ videoId: Option.some(video.id) })]))
      )
      assertOneWinner(outcomes, "ExternalIdTaken")
      for (const [n, { id }] of candidates.entries()) {
        assert.strictEqual(Option.isSome(yield* videos.find(id)), outcomes[n] === "ok")
        assert.lengthOf(yield* jobs.ofVideo(id), outcomes[n] === "ok" ? 1 : 0)
      }
    })
  )

  it.effect("ends no upload for a video that is not added", () =>
    Effect.gen(function* () {
      const [videos, uploads] = [yield* VideoStore.VideoStore, yield* UploadStore.UploadStore]
      const [externalId, job] = [anExternalId(), aJob()]
      const key = FileKey.FileKey.make(`uploads/${crypto.randomUUID()}.mp4`)
      yield* videos.insert(named(externalId), [aJob()])
      yield* uploads.insert(key, someMoment)
      const error = yield* Effect.flip(videos.insert(named(externalId), [job], [key]))
      assert.instanceOf(error, VideoStore.ExternalIdTaken)
      assert.isTrue(yield* uploads.abandon(key, someMoment), "the record is still there")
      assertJobs(yield* (yield* JobStore.JobStore).family(job.id), [])
    })
  )

  it.effect("gives the external id of a removed video to another one", () =>
    Effect.gen(function* () {
      const store = yield* VideoStore.VideoStore
      const externalId = anExternalId()
      const first = yield* store.insert(named(externalId), [aJob()])
      yield* store.remove(first)
      const second = yield* store.insert(named(externalId), [aJob()])
      deepStrictEqual(
        Option.map(yield* store.findBy({ externalId }), ({ id }) => id),
        Option.some(second.id)
      )
    })
  )
}
