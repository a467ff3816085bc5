import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  EventCursor,
  EventStore,
  FileKey,
  FileStorage,
  Ids,
  JobStore,
  Jobs,
  Runners,
  TranscodingPlan,
  TranscodingSettings,
  Video,
  VideoStore
} from "@runner-connector/core"
import { DateTime, Effect, Option, Queue, Redacted, Stream } from "effect"
import { Application, host } from "./customJobs/host.ts"
import { Checksum, Waveform } from "./customJobs/Waveform.ts"
import { assertProblem, request } from "./support/Api.ts"

const folder = FileKey.FileKey.make("videos/cat")

/** A video of the application that needs no rendition. */
const aVideo = Effect.gen(function* () {
  const video = Video.newVideo({
    id: Ids.VideoId.make(crypto.randomUUID()),
    source: { duration: Option.some(4), size: 7, hasVideo: false, hasAudio: true, width: 0, height: 0, fps: 0 },
    sourceKey: Option.some(FileKey.FileKey.make("uploads/cat.mp3")),
    plan: { ...TranscodingPlan.defaultPlan, settings: TranscodingSettings.defaults },
    destination: folder,
    baseName: Option.none(),
    metadata: { owner: 7 },
    createdAt: yield* DateTime.now
  })
  const storage = yield* FileStorage.FileStorage
  yield* storage.write(FileKey.FileKey.make("uploads/cat.mp3"), Stream.make(new TextEncoder().encode("a sound")))
  return yield* (yield* VideoStore.VideoStore).insert(video, [])
})

/** A runner of the application, as a script over HTTP. */
const aRunner = Effect.gen(function* () {
  const { url } = yield* Application
  const { registrationToken } = yield* (yield* Runners.Runners).createRegistrationToken()
  const post = (path: string, body: object) =>
    request(`${url}/api/v1/runners/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    })
  const registration = { name: "script", registrationToken: Redacted.value(registrationToken) }
  const { runnerToken } = JSON.parse((yield* post("register", registration)).text)
  const requested = (jobTypes?: ReadonlyArray<string>) =>
    Effect.map(post("jobs/request", { runnerToken, jobTypes }), ({ text }) => JSON.parse(text).availableJobs)
  const take = (type: string) =>
    Effect.gen(function* () {
      const [{ uuid }] = yield* requested([type])
      const { job } = JSON.parse((yield* post(`jobs/${uuid}/accept`, { runnerToken })).text)
      const tokens = { runnerToken, jobToken: job.jobToken }
      const form = (call: string, fields: Readonly<Record<string, string | Blob>>) => {
        const body = new FormData()
        for (const [name, value] of Object.entries({ ...tokens, ...fields })) body.set(name, value)
        return request(`${url}/api/v1/runners/jobs/${uuid}/${call}`, { method: "POST", body })
      }
      const download = (address: string) =>
        request(address, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(tokens)
        })
      return { payload: job.payload, form, download, fail: post(`jobs/${uuid}/error`, { ...tokens, message: "no" }) }
    })
  return { requested, take }
})

const eventsOf = (jobId: string) =>
  Effect.flatMap(EventStore.EventStore, (store) =>
    Effect.map(store.after(EventCursor.start, 100), (events) =>
      events.filter((event) => Option.contains(event.jobId as Option.Option<string>, jobId)).map(({ type }) => type)
    )
  )

it.scopedLive("a job type of the application is offered, accepted, reported, stored and published", () =>
  Effect.gen(function* () {
    const { ended, saved, seconds } = yield* Application
    const { create } = yield* Jobs.Jobs
    const video = yield* aVideo
    const job = yield* create(Waveform, { payload: { samples: 3 }, privatePayload: { folder }, videoId: video.id })
    const runner = yield* aRunner
    deepStrictEqual(yield* runner.requested(), [], "PeerTube's runner does not know this type")
    const held = yield* runner.take(Waveform.name)
    deepStrictEqual(held.payload.output, { samples: 3 })
    assert.strictEqual((yield* held.download(held.payload.input.videoFileUrl)).text, "a sound")

    assert.strictEqual((yield* held.form("update", { progress: "50", "payload[seconds]": "2" })).status, 204)
    deepStrictEqual(seconds, [2])
    assertProblem(yield* held.form("success", { "payload[otherFile]": new Blob(["[]"]) }), 400)
    assertProblem(yield* held.form("success", {}), 400)
    const file = new Blob(["[0,0.5,1]"], { type: "application/json" })
    assert.strictEqual((yield* held.form("success", { "payload[waveformFile]": file })).status, 204)

    assert.strictEqual(yield* Queue.take(ended), "app-waveform Completed")
    deepStrictEqual(saved.get(job.id), [0, 0.5, 1])
    const after = Option.getOrThrow(yield* (yield* VideoStore.VideoStore).find(video.id))
    const key = FileKey.FileKey.make(String(after.metadata.waveform))
    deepStrictEqual(after.metadata, { owner: 7, waveform: key })
    assert.strictEqual((yield* (yield* FileStorage.FileStorage).stat(key)).size, file.size)
    deepStrictEqual(yield* eventsOf(job.id), ["job.pending", "job.accepted", "job.completed"])
  }).pipe(Effect.provide(host))
)

it.scopedLive("a wrong result of it is refused, and the job is tried again", () =>
  Effect.gen(function* () {
    const { saved } = yield* Application
    const { create } = yield* Jobs.Jobs
    const video = yield* aVideo
    const job = yield* create(Waveform, { payload: { samples: 3 }, privatePayload: { folder }, videoId: video.id })
    const held = yield* (yield* aRunner).take(Waveform.name)
    yield* held.form("success", { "payload[waveformFile]": new Blob(["[0]"]) })
    const [stored] = yield* (yield* JobStore.JobStore).family(job.id)
    assert.strictEqual(stored?.state, "Pending")
    assert.strictEqual(stored?.failures, 1)
    assert.strictEqual(saved.size, 0)
  }).pipe(Effect.provide(host))
)

it.scopedLive("jobs without a video wait for each other, and have nothing to publish", () =>
  Effect.gen(function* () {
    const { ended } = yield* Application
    const { create } = yield* Jobs.Jobs
    const order = { payload: { url: "https://app.example/file" }, privatePayload: {} }
    const first = yield* create(Checksum, order)
    const second = yield* create(Checksum, { ...order, dependsOn: first.id, priority: 1 })
    assert.strictEqual(second.state, "WaitingForParent")
    const runner = yield* aRunner
    const sha256 = "0".repeat(64)
    const one = yield* runner.take(Checksum.name)
    deepStrictEqual(one.payload, { input: { fileUrl: "https://app.example/file" } })
    assertProblem(yield* one.form("success", { "payload[sha256]": "0" }), 400)
    assert.strictEqual((yield* one.form("success", { "payload[sha256]": sha256 })).status, 204)
    assert.strictEqual(yield* Queue.take(ended), "app-checksum Completed")
    const two = yield* runner.take(Checksum.name)
    assert.strictEqual((yield* two.form("success", { "payload[sha256]": sha256 })).status, 204)
    assert.strictEqual(yield* Queue.take(ended), "app-checksum Completed")
    deepStrictEqual(yield* eventsOf(second.id), ["job.pending", "job.accepted", "job.completed"])
  }).pipe(Effect.provide(host))
)
