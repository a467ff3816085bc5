import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { JobStore, type Video, VideoStore } from "@runner-connector/core"
import { ApiWeb } from "@runner-connector/protocol"
import { Effect, Option } from "effect"

const { adminToken, origin } = Wire.World

const call = (method: string, path: string, body?: unknown, authorization = `Bearer ${adminToken}`) =>
  Effect.gen(function* () {
    const { handle } = yield* ApiWeb.ApiWeb
    const headers = { "content-type": "application/json", authorization }
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = yield* handle(new Request(origin + path, { method, headers, ...init }))
    return { status: response.status, document: yield* Effect.promise(() => response.json()) }
  })

const insert = (jobs: ReadonlyArray<Parameters<typeof aJob>[0]> = []) =>
  Effect.gen(function* () {
    const video = aNewVideo({ sourceKey: Option.none() })
    const { insert: add } = yield* VideoStore.VideoStore
    return yield* add(
      video,
      jobs.map((job) => aJob({ ...job, videoId: Option.some(video.id) }))
    )
  })

const listed = Effect.map(call("GET", "/videos"), ({ document }) => document.total)

it.effect("changes several videos, each with its own result", () =>
  Effect.gen(function* () {
    const cat = yield* insert([{}, { state: "Completed" }])
    const dog = yield* insert([{ state: "Errored" }])
    const unknown = crypto.randomUUID()
    const change = (body: object) => call("POST", "/videos/bulk", { videos: [cat.id, dog.id, unknown], ...body })
    const statuses = (body: object) =>
      Effect.map(change(body), ({ document }) =>
        document.results.map(({ status }: { readonly status: number }) => status)
      )
    const statesOf = (id: Video.Video["id"]) =>
      Effect.map(
        Effect.flatMap(JobStore.JobStore, ({ ofVideo }) => ofVideo(id)),
        (jobs) => jobs.map(({ state }) => state)
      )
    const { document } = yield* change({ action: "prioritize", priority: "high" })
    deepStrictEqual(document.results, [
      { uuid: cat.id, status: 204, detail: null },
      { uuid: dog.id, status: 204, detail: null },
      { uuid: unknown, status: 404, detail: "Unknown video" }
    ])
    deepStrictEqual((yield* call("GET", `/videos/${dog.id}`)).document.priority, 1)
    deepStrictEqual(yield* statuses({ action: "cancel" }), [204, 204, 404])
    deepStrictEqual(yield* statesOf(cat.id), ["Cancelled", "Completed"])
    deepStrictEqual(yield* statesOf(dog.id), ["Errored"])
    deepStrictEqual(yield* statuses({ action: "delete" }), [204, 204, 404])
    deepStrictEqual(yield* listed, 0)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("refuses wrong changes of several videos, and those of strangers", () =>
  Effect.gen(function* () {
    const { id } = yield* insert()
    const wrong = [
      { action: "prioritize" },
      { action: "cancel", priority: 1 },
      { action: "other" },
      { action: "delete", videos: ["x"] },
      { action: "delete", videos: Array.from({ length: 101 }, () => id) }
    ]
    for (const body of wrong) {
      deepStrictEqual((yield* call("POST", "/videos/bulk", { videos: [id], ...body })).status, 400, body.action)
    }
    const stranger = yield* call("POST", "/videos/bulk", { action: "delete", videos: [id] }, "")
    deepStrictEqual([stranger.status, yield* listed], [401, 1])
  }).pipe(Effect.provide(Wire.World.layer()))
)
