import { createReadStream } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { type DetailedError, Upload, type UploadOptions } from "tus-js-client"
import { api, request } from "./support/Api.ts"
import { cuttingProxy } from "./support/cuttingProxy.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { largeVideo, MIB } from "./support/largeVideo.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

/** The largest part of an upload that may be sent twice after an interruption. */
const COST = 8 * MIB

const env = { LOCAL_RUNNER: "off", ADMIN_TOKEN: "the-operator's-own" }
const authorization = { authorization: `Bearer ${env.ADMIN_TOKEN}` }

/** Uploads as the page does. Returns the id of the video. */
const upload = (url: string, path: string, options: Partial<UploadOptions> = {}) =>
  Effect.async<string, DetailedError | Error>((resume) => {
    const client = new Upload(createReadStream(path), {
      endpoint: `${url}/videos/uploads`,
      chunkSize: COST,
      retryDelays: Array(120).fill(1000),
      headers: authorization,
      metadata: { filename: "Ein Film 🎬.mp4", filetype: "video/mp4", title: "The film", metadata: '{"owner":7}' },
      onError: (error) => resume(Effect.fail(error)),
      onSuccess: ({ lastResponse }) => resume(Effect.succeed(String(lastResponse.getHeader("Video-Id")))),
      ...options
    })
    client.start()
    return Effect.promise(() => client.abort())
  })

it.scopedLive(
  "an upload goes on after a lost connection and after kill -9, and makes one video",
  () =>
    Effect.gen(function* () {
      const [folder, port] = [yield* temporaryFolder, yield* freePort]
      const options = { dataDir: join(folder, "data"), port, env }
      const first = yield* ExampleServer.start(options)
      const cuts = [
        { at: 10 * MIB, run: () => undefined },
        { at: 30 * MIB, run: () => process.kill(first.pid, "SIGKILL") }
      ]
      const proxy = yield* cuttingProxy(port, cuts)
      const size = 40 * MIB
      const restarted = Effect.zipRight(first.ended, ExampleServer.start(options))
      const [id, server] = yield* Effect.all(
        [Effect.flatMap(largeVideo(folder, "large.mp4", size), (path) => upload(proxy.url, path)), restarted],
        { concurrency: "unbounded" }
      )
      // Both interruptions together, and some room for the heads of requests.
      assert.isBelow(proxy.passed(), size + 2 * COST + 64 * 1024)

      const { data, total } = yield* api(server.url, env.ADMIN_TOKEN).videos
      deepStrictEqual([total, data[0]?.uuid], [1, id])
      const { text } = yield* request(`${server.url}/videos/${id}`, { headers: authorization })
      const expected = { title: "The film", fileName: "Ein Film 🎬.mp4", metadata: { owner: 7 } }
      const document = JSON.parse(text)
      deepStrictEqual({ title: document.title, fileName: document.fileName, metadata: document.metadata }, expected)
      deepStrictEqual(yield* filesBelow(join(options.dataDir, "uploads")), [])
      const again = yield* request(`${server.url}/videos/uploads/${id}`, {
        method: "HEAD",
        headers: { ...authorization, "tus-resumable": "1.0.0" }
      })
      deepStrictEqual([again.headers.get("upload-offset"), again.headers.get("video-id")], [String(size), id])
    }),
  300_000
)

it.scopedLive(
  "an upload needs the administrator's token, and a file that is no video is refused with the reason",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port: yield* freePort, env })
      const path = join(folder, "text.mp4")
      yield* Effect.promise(() => writeFile(path, "this is no video"))
      const refusal = (options: Partial<UploadOptions>) =>
        Effect.map(Effect.flip(upload(server.url, path, { retryDelays: [], ...options })), (error) => {
          const answer = "originalResponse" in error ? error.originalResponse : null
          return { status: answer?.getStatus(), detail: JSON.parse(answer?.getBody() || "{}").detail }
        })
      assert.strictEqual((yield* refusal({ headers: {} })).status, 401)
      const { detail, status } = yield* refusal({})
      assert.strictEqual(status, 422)
      assert.match(String(detail), /video/)
      assert.strictEqual((yield* refusal({ metadata: { filename: "x.mp4", metadata: "no JSON" } })).status, 400)
      assert.strictEqual((yield* api(server.url, env.ADMIN_TOKEN).videos).total, 0)
      deepStrictEqual(yield* filesBelow(join(server.dataDir, "uploads")), [])
      deepStrictEqual(yield* filesBelow(join(server.dataDir, "storage")), [])
    }),
  300_000
)
