import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { FileKey, FileStorage, VideoStore } from "@runner-connector/core"
import { aVideo } from "@runner-connector/core/testing"
import { ApiWeb } from "@runner-connector/protocol"
import { Effect, Option, Stream } from "effect"

const { adminToken, origin } = Wire.World

const post = (path: string, body: FormData | object) =>
  Effect.gen(function* () {
    const { handle } = yield* ApiWeb.ApiWeb
    const isForm = body instanceof FormData
    const headers = { authorization: `Bearer ${adminToken}`, ...(isForm ? {} : { "content-type": "application/json" }) }
    const init = { method: "POST", headers, body: isForm ? body : JSON.stringify(body) }
    const response = yield* handle(new Request(origin + path, init))
    return { status: response.status, document: yield* Effect.promise(() => response.json()) }
  })

const aForm = (fields: Readonly<Record<string, string>>) => {
  const form = new FormData()
  form.set("videoFile", new File([Uint8Array.from(aVideo())], "film.mp4"))
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

/** How the jobs of the newest video are scheduled. */
const scheduled = Effect.gen(function* () {
  const { data } = yield* Effect.flatMap(VideoStore.VideoStore, ({ list }) => list({ start: 0, count: 1 }))
  const [{ labels, priority, tenant }] = data as [(typeof data)[number]]
  return { labels, tenant: Option.getOrNull(tenant), priority }
})

it.effect("an upload says which runners make its jobs, for whom, and how soon", () =>
  Effect.gen(function* () {
    const named = yield* post("/videos/upload", aForm({ labels: "gpu, fast,gpu", tenant: "acme", priority: "high" }))
    deepStrictEqual(named.status, 200)
    deepStrictEqual(yield* scheduled, { labels: ["fast", "gpu"], tenant: "acme", priority: 1 })
    deepStrictEqual((yield* post("/videos/upload", aForm({ labels: "", priority: "-10" }))).status, 200)
    deepStrictEqual(yield* scheduled, { labels: [], tenant: null, priority: -10 })
    for (const [name, value] of [
      ["labels", "GPU"],
      ["tenant", "a\nb"],
      ["priority", "urgent"],
      ["priority", "11"],
      ["priority", "0.5"]
    ] as const) {
      const { document, status } = yield* post("/videos/upload", aForm({ [name]: value }))
      assert.strictEqual(status, 400, `${name} ${value}`)
      assert.include(document.detail, name)
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("so does a file of the storage", () =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    yield* storage.write(FileKey.FileKey.make("films/one.mp4"), Stream.make(aVideo()), { contentType: "video/mp4" })
    const request = { path: "films/one.mp4", destination: "films/one" }
    const facts = { labels: ["gpu"], tenant: "acme", priority: "low" }
    deepStrictEqual((yield* post("/videos/transcode", { ...request, ...facts })).status, 200)
    deepStrictEqual(yield* scheduled, { labels: ["gpu"], tenant: "acme", priority: -1 })
    for (const wrong of [{ labels: "gpu" }, { tenant: "" }, { priority: 11 }]) {
      const { document, status } = yield* post("/videos/transcode", { ...request, ...wrong })
      assert.strictEqual(status, 400, JSON.stringify(wrong))
      assert.include(document.detail, Object.keys(wrong)[0] ?? "")
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)
