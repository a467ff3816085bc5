import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo, aRegisteredRunner, someMoment } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { JobStore, VideoStore } from "@runner-connector/core"
import { ApiWeb, RunnerWeb } from "@runner-connector/protocol"
import { DateTime, Effect, Option } from "effect"

const { adminToken, origin } = Wire.World

const call = (method: string, path: string, body?: unknown, authorization = `Bearer ${adminToken}`) =>
  Effect.gen(function* () {
    const web = path.startsWith("/api/") ? yield* RunnerWeb.RunnerWeb : yield* ApiWeb.ApiWeb
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const headers = { "content-type": "application/json", authorization }
    const response = yield* web.handle(new Request(origin + path, { method, headers, ...init }))
    return { status: response.status, document: JSON.parse(yield* Effect.promise(() => response.text())) }
  })

it.effect("shows a job with its video and the reason why it waits", () =>
  Effect.gen(function* () {
    const video = aNewVideo({ title: Option.some("The cat"), sourceKey: Option.none() })
    const job = aJob({ videoId: Option.some(video.id), error: Option.some("FFmpeg failed") })
    yield* Effect.flatMap(VideoStore.VideoStore, ({ insert }) => insert(video, [job]))
    const { document, status } = yield* call("GET", `/jobs/${job.id}`)
    deepStrictEqual(
      [status, document.uuid, document.video, document.waitingFor, document.error],
      [200, job.id, { uuid: video.id, name: "The cat" }, "a runner that supports vod-hls-transcoding", "FFmpeg failed"]
    )
    deepStrictEqual((yield* call("GET", `/jobs/${crypto.randomUUID()}`)).status, 404)
    deepStrictEqual((yield* call("GET", `/jobs/${job.id}`, undefined, "")).status, 401)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("refuses texts that are too long", () =>
  Effect.gen(function* () {
    const search = (length: number) => call("GET", `/api/v1/runners/jobs?search=${"a".repeat(length)}`)
    deepStrictEqual([(yield* search(500)).status, (yield* search(501)).status], [200, 400])
    const live = yield* call("POST", "/lives", { rtmpUrl: `rtmp://media.example/${"a".repeat(2000)}` })
    deepStrictEqual(live.status, 400)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("changes the priority of an open job, and of the open chunks of its rendition", () =>
  Effect.gen(function* () {
    const video = aNewVideo({ sourceKey: Option.none(), priority: -1 })
    const chunk = { videoId: Option.some(video.id), renditionId: Option.some(crypto.randomUUID()), priority: 1_000_101 }
    const [first, second] = [aJob(chunk), aJob({ ...chunk, priority: 1_000_102 })]
    const [done, other] = [aJob({ ...chunk, state: "Completed" }), aJob({ ...chunk, renditionId: Option.none() })]
    yield* Effect.flatMap(VideoStore.VideoStore, ({ insert }) => insert(video, [first, second, done, other]))
    const change = (id: string, body: unknown) => call("PATCH", `/jobs/${id}`, body)
    const { document, status } = yield* change(first.id, { priority: "high" })
    deepStrictEqual([status, document.urgency, document.priority, document.video.uuid], [200, 1, -999_899, video.id])
    const jobs = yield* Effect.flatMap(JobStore.JobStore, ({ ofVideo }) => ofVideo(video.id))
    deepStrictEqual(
      jobs.map(({ priority }) => priority),
      [-999_899, -999_898, 1_000_101, 1_000_101]
    )
    deepStrictEqual((yield* change(done.id, { priority: 0 })).status, 409)
    deepStrictEqual((yield* change(crypto.randomUUID(), { priority: 0 })).status, 404)
    for (const wrong of [{}, { priority: 11 }, { priority: "urgent" }]) {
      deepStrictEqual((yield* change(first.id, wrong)).status, 400)
    }
    deepStrictEqual((yield* call("PATCH", `/jobs/${first.id}`, { priority: 0 }, "")).status, 401)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("changes several jobs, each with its own result", () =>
  Effect.gen(function* () {
    const [pending, completed, unknown] = [aJob(), aJob({ state: "Completed" }), aJob()]
    yield* Effect.flatMap(JobStore.JobStore, ({ insert }) => insert([pending, completed]))
    const jobs = [pending.id, completed.id, unknown.id]
    const { document } = yield* call("POST", "/jobs/bulk", { action: "cancel", jobs })
    deepStrictEqual(document.results, [
      { uuid: pending.id, status: 204, detail: null },
      { uuid: completed.id, status: 400, detail: "Only pending, processing and waiting jobs can be cancelled" },
      { uuid: unknown.id, status: 404, detail: "Unknown job, or not held with these tokens" }
    ])
    const removed = yield* call("POST", "/jobs/bulk", { action: "delete", jobs: [pending.id, completed.id] })
    deepStrictEqual(
      removed.document.results.map(({ status }: { readonly status: number }) => status),
      [204, 204]
    )
    const many = Array.from({ length: 101 }, () => crypto.randomUUID())
    deepStrictEqual((yield* call("POST", "/jobs/bulk", { action: "cancel", jobs: many })).status, 400)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("moves several jobs to another priority, each with its own result", () =>
  Effect.gen(function* () {
    const [one, other, completed] = [aJob(), aJob(), aJob({ state: "Completed" })]
    const store = yield* JobStore.JobStore
    yield* store.insert([one, other, completed])
    const jobs = [one, other, completed].map(({ id }) => id)
    const { document } = yield* call("POST", "/jobs/bulk", { action: "prioritize", priority: "high", jobs })
    deepStrictEqual(
      document.results.map(({ status }: { readonly status: number }) => status),
      [204, 204, 409]
    )
    for (const id of jobs.slice(0, 2)) {
      deepStrictEqual((yield* call("GET", `/jobs/${id}`)).document.urgency, 1)
    }
    for (const [wrong, member] of [
      [{ action: "prioritize" }, "priority"],
      [{ action: "cancel", priority: 1 }, "priority"],
      [{ action: "other" }, "action"]
    ] as const) {
      const { document, status } = yield* call("POST", "/jobs/bulk", { jobs, ...wrong })
      deepStrictEqual([status, document.detail], [400, `Missing or invalid parameters: ${member}`])
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("lists jobs of a runner and of a video", () =>
  Effect.gen(function* () {
    const { id } = yield* aRegisteredRunner()
    const videoId = Option.some(aNewVideo().id)
    const [held, other] = [aJob({ runnerId: Option.some(id), state: "Completed" }), aJob({ videoId })]
    yield* Effect.flatMap(JobStore.JobStore, ({ insert }) => insert([held, other, aJob()]))
    const list = (query: string) =>
      Effect.map(call("GET", `/api/v1/runners/jobs?${query}`), ({ document }) =>
        document.data?.map(({ uuid }: { readonly uuid: string }) => uuid)
      )
    deepStrictEqual(yield* list(`runnerId=${id}`), [held.id])
    deepStrictEqual(yield* list(`videoUUID=${Option.getOrNull(videoId)}`), [other.id])
    deepStrictEqual(yield* list("runnerId=x"), undefined)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("lists jobs, videos and deliveries behind a row, which must exist", () =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    for (const minutes of [1, 2, 3]) {
      const createdAt = DateTime.add(someMoment, { minutes })
      const video = aNewVideo({ sourceKey: Option.none(), createdAt })
      yield* videos.insert(video, [aJob({ videoId: Option.some(video.id), createdAt })])
    }
    for (const path of ["/api/v1/runners/jobs", "/videos"]) {
      const uuids = (query: string) =>
        Effect.map(call("GET", `${path}?${query}`), ({ document }) =>
          document.data.map(({ uuid }: { readonly uuid: string }) => uuid)
        )
      const [first, second, third] = yield* uuids("count=3")
      deepStrictEqual(yield* uuids(`after=${first}&count=1`), [second])
      deepStrictEqual(yield* uuids(`after=${second}&sort=-createdAt`), [third])
      deepStrictEqual(yield* uuids(`after=${third}`), [])
      const sorted = yield* call("GET", `${path}?after=${first}&sort=createdAt`)
      deepStrictEqual([sorted.status, sorted.document.detail], [400, "after: needs the order with the newest first"])
    }
    for (const path of ["/api/v1/runners/jobs", "/api/v1/runners/webhook-deliveries", "/videos"]) {
      const { document, status } = yield* call("GET", `${path}?after=${crypto.randomUUID()}`)
      deepStrictEqual([status, document.detail], [400, "after: this row does not exist, begin with the first page"])
      deepStrictEqual((yield* call("GET", `${path}?after=1`)).status, 400)
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("shows the settings of the host", () =>
  Effect.gen(function* () {
    const setting = { name: "PORT", value: "9000", origin: "default", secret: false, description: null } as const
    const { document } = yield* Effect.provide(call("GET", "/settings"), Wire.World.layer({}, { settings: [setting] }))
    deepStrictEqual(document, { settings: [setting] })
  })
)
