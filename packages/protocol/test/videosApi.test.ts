import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aNewVideo } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { JobStore, Runners, type Video, VideoStore } from "@runner-connector/core"
import { ApiWeb, RunnerWeb } from "@runner-connector/protocol"
import { Effect, Option, Redacted } from "effect"

const { adminToken, origin } = Wire.World

/** A call with JSON, by the administrator unless other headers are given. */
const call = (method: string, path: string, body?: unknown, headers = { authorization: `Bearer ${adminToken}` }) =>
  Effect.gen(function* () {
    const { handle } = yield* ApiWeb.ApiWeb
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = yield* handle(
      new Request(origin + path, { method, headers: { "content-type": "application/json", ...headers }, ...init })
    )
    const text = yield* Effect.promise(() => response.text())
    return { status: response.status, document: text === "" ? undefined : JSON.parse(text) }
  })

const insert = (over: Partial<Video.NewVideo>, jobs: ReadonlyArray<Parameters<typeof aJob>[0]> = []) =>
  Effect.gen(function* () {
    const video = aNewVideo({ ...over, sourceKey: Option.none() })
    const { insert: add } = yield* VideoStore.VideoStore
    return yield* add(
      video,
      jobs.map((job) => aJob({ ...job, videoId: Option.some(video.id) }))
    )
  })

const listed = (query: string) =>
  Effect.map(call("GET", `/videos?${query}`), ({ document, status }) => {
    const data: ReadonlyArray<{ readonly uuid: string }> = document.data ?? []
    return [status, document.total, ...data.map(({ uuid }) => uuid)]
  })

it.effect("lists videos by search, state, kind and order", () =>
  Effect.gen(function* () {
    const cat = yield* insert({ title: Option.some("The Cat"), state: "Published" })
    const dog = yield* insert({ fileName: Option.some("a dog.mov"), state: "TranscodingFailed" })
    deepStrictEqual(yield* listed(""), [200, 2, dog.id, cat.id])
    deepStrictEqual(yield* listed("search=cAT"), [200, 1, cat.id])
    deepStrictEqual(yield* listed("stateOneOf=TranscodingFailed&stateOneOf=ToEdit"), [200, 1, dog.id])
    deepStrictEqual(yield* listed("stateOneOf=TranscodingFailed"), [200, 1, dog.id])
    deepStrictEqual(yield* listed("sort=-title&live=false"), [200, 2, cat.id, dog.id])
    deepStrictEqual(yield* listed("live=true"), [200, 0])
    for (const wrong of ["sort=size", "stateOneOf=Open", "live=1", "count=101", "search=%00"]) {
      deepStrictEqual((yield* call("GET", `/videos?${wrong}`)).status, 400, wrong)
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("changes the title and the metadata, each alone", () =>
  Effect.gen(function* () {
    const { id } = yield* insert({ title: Option.some("old"), metadata: { a: 1 } })
    const change = (body: unknown) =>
      Effect.map(call("PATCH", `/videos/${id}`, body), ({ document, status }) => [
        status,
        document.title,
        document.metadata
      ])
    deepStrictEqual(yield* change({ title: "new" }), [200, "new", { a: 1 }])
    deepStrictEqual(yield* change({ metadata: { b: [2] } }), [200, "new", { b: [2] }])
    deepStrictEqual(yield* change({ title: null }), [200, null, { b: [2] }])
    deepStrictEqual((yield* call("PATCH", `/videos/${id}`, { title: "\n" })).status, 400)
    deepStrictEqual((yield* call("PATCH", `/videos/${crypto.randomUUID()}`, {})).status, 404)
    deepStrictEqual((yield* call("PATCH", `/videos/${id}`, {}, { authorization: "" })).status, 401)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("changes the priority, and moves the jobs that are not completed", () =>
  Effect.gen(function* () {
    const { id } = yield* insert({ tenant: Option.some("acme"), labels: ["gpu"] }, [
      { priority: 100 },
      { priority: 101, state: "Errored" },
      { priority: 102, state: "Completed" }
    ])
    const change = (priority: unknown) => call("PATCH", `/videos/${id}`, { priority })
    const { document } = yield* change("high")
    deepStrictEqual([document.priority, document.tenant, document.labels], [1, "acme", ["gpu"]])
    const jobs = yield* Effect.flatMap(JobStore.JobStore, ({ ofVideo }) => ofVideo(id))
    deepStrictEqual(
      jobs.map(({ priority }) => priority),
      [-999_900, -999_899, 102]
    )
    deepStrictEqual((yield* change(-10)).document.priority, -10)
    deepStrictEqual((yield* call("PATCH", `/videos/${id}`, { title: "new" })).document.priority, -10)
    for (const wrong of ["urgent", 11, 0.5, null]) deepStrictEqual((yield* change(wrong)).status, 400, String(wrong))
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("cancels captions that no runner can make, and retries them", () =>
  Effect.gen(function* () {
    const type = "video-transcription"
    const payload = { input: { videoFileUrl: "https://media.example/video.mp4" }, videoUrl: "https://media.example/v" }
    const { id } = yield* insert({ state: "Published" }, [{ type, payload, awaited: false }, { state: "Completed" }])
    const [job] = yield* Effect.flatMap(JobStore.JobStore, ({ ofVideo }) => ofVideo(id))
    const answer = { status: 200, document: { jobs: [{ uuid: job?.id }] } }
    deepStrictEqual(yield* call("POST", `/videos/${id}/cancel`), answer)
    deepStrictEqual(yield* call("POST", `/videos/${id}/cancel`), { status: 200, document: { jobs: [] } })
    const { document } = yield* call("GET", `/videos/${id}`)
    deepStrictEqual([document.state.label, document.jobs[0].state.label], ["Published", "Cancelled"])
    deepStrictEqual(yield* call("POST", `/videos/${id}/retry`), answer)
    deepStrictEqual((yield* call("POST", `/videos/${crypto.randomUUID()}/cancel`)).status, 404)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("shows capabilities with their reasons", () =>
  Effect.gen(function* () {
    const capabilities = Effect.map(call("GET", "/capabilities"), ({ document }) => document)
    const without = yield* capabilities
    deepStrictEqual([without.captions.available, without.captions.missing], [false, "No runner is registered."])
    const runners = yield* Runners.Runners
    const { handle } = yield* RunnerWeb.RunnerWeb
    const register = Effect.gen(function* () {
      const { registrationToken } = yield* runners.createRegistrationToken()
      const body = { name: "one", version: "0.1.0", registrationToken: Redacted.value(registrationToken) }
      const headers = { "content-type": "application/json" }
      const url = `${origin}/api/v1/runners/register`
      return yield* handle(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }))
    })
    deepStrictEqual((yield* register).status, 200)
    const { editing, renditions, resumableUploads } = yield* capabilities
    deepStrictEqual(renditions, { available: true, missing: null, remedy: null })
    deepStrictEqual([editing.available, resumableUploads.available], [true, false])
  }).pipe(Effect.provide(Wire.World.layer()))
)
