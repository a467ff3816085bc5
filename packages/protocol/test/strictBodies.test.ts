import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aNewVideo } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { VideoStore } from "@runner-connector/core"
import { ApiWeb, type Endpoint, endpoints, RunnerWeb } from "@runner-connector/protocol"
import { Effect } from "effect"

const { adminToken, origin } = Wire.World

/** Sends JSON to an endpoint. Every parameter of its path is a valid one. */
const send = ({ method, path }: Pick<Endpoint.AnyEndpoint, "method" | "path">, id: string, body: object) =>
  Effect.gen(function* () {
    const web = path.startsWith("/api/") ? yield* RunnerWeb.RunnerWeb : yield* ApiWeb.ApiWeb
    const filled = path.replace(":runnerId", "1").replace(/:\w+/, id)
    const headers = { "content-type": "application/json", authorization: `Bearer ${adminToken}` }
    const response = yield* web.handle(new Request(origin + filled, { method, headers, body: JSON.stringify(body) }))
    return { status: response.status, document: yield* Effect.promise(() => response.json()) }
  })

it.effect("every body of the console's API is refused with an unknown member, by name", () =>
  Effect.gen(function* () {
    const video = aNewVideo()
    yield* Effect.flatMap(VideoStore.VideoStore, ({ insert }) => insert(video, []))
    const all = [...(yield* ApiWeb.ApiWeb).endpoints, ...endpoints]
    const own = all.filter(({ admin, body, manages }) => body !== "none" && (admin || manages || body === "strictJson"))
    assert.includeMembers(
      own.map(({ name }) => name),
      [
        "signIn",
        "changeVideo",
        "changeJob",
        "changeJobs",
        "editVideo",
        "uploadVideo",
        "startLive",
        "updateRunner",
        "createWebhook"
      ]
    )
    for (const one of own) {
      const { document, status } = yield* send(one, video.id, { prioriy: "high" })
      deepStrictEqual(status, 400, one.name)
      assert.match(document.detail, /\bprioriy\b/, one.name)
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("names unknown members of inner objects, and changes nothing", () =>
  Effect.gen(function* () {
    const video = aNewVideo()
    const { find, insert } = yield* VideoStore.VideoStore
    yield* insert(video, [])
    const change = { method: "PATCH", path: "/videos/:uuid" } as const
    const { document, status } = yield* send(change, video.id, { title: "New", metdata: { any: { member: 1 } } })
    deepStrictEqual([status, document.detail], [400, "Missing or invalid parameters: metdata"])
    deepStrictEqual((yield* Effect.flatten(find(video.id))).title, video.title)
    const edit = { method: "POST", path: "/videos/:uuid/edit" } as const
    const refused = yield* send(edit, video.id, { tasks: [{ name: "cut", options: { start: 1 }, optoins: {} }] })
    deepStrictEqual([refused.status, refused.document.detail], [400, "Missing or invalid parameters: tasks.0.optoins"])
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("names the fields of a form that take files when another one has a file", () =>
  Effect.gen(function* () {
    const form = new FormData()
    form.set("file", new File(["x"], "film.mp4"))
    const headers = { authorization: `Bearer ${adminToken}` }
    const { handle } = yield* ApiWeb.ApiWeb
    const response = yield* handle(new Request(`${origin}/videos/upload`, { method: "POST", headers, body: form }))
    const { detail } = yield* Effect.promise(() => response.json())
    deepStrictEqual(
      [response.status, detail],
      [400, 'The form has a file in the field "file". Fields that take a file: videoFile, previewFile']
    )
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("runners may send members that the wire does not know", () =>
  Effect.gen(function* () {
    const register = { method: "POST", path: "/api/v1/runners/register" } as const
    const body = { name: "one", registrationToken: "wrong", newInPeerTube: true }
    deepStrictEqual(
      (yield* send(register, "", body)).document.detail,
      (yield* send(register, "", { ...body, newInPeerTube: undefined })).document.detail
    )
  }).pipe(Effect.provide(Wire.World.layer()))
)
