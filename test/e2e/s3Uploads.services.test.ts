import { createReadStream } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { Upload } from "tus-js-client"
import { nginxWithoutTls } from "../services/nginx.ts"
import { api, request } from "./support/Api.ts"
import { largeVideo, MIB } from "./support/largeVideo.ts"
import { newBucket } from "./support/s3.ts"
import { serverPair } from "./support/serverPair.ts"
import { until } from "./support/waiting.ts"
import { filesBelow } from "./support/workspace.ts"

const SIZE = 40 * MIB
const PIECE = 8 * MIB

const ADMIN_TOKEN = "the-operator's-own"
const authorization = { authorization: `Bearer ${ADMIN_TOKEN}` }

/** Uploads as the page does. `progressed` is called with the bytes that a server has confirmed. */
const upload = (url: string, path: string, progressed: (bytes: number) => void) =>
  Effect.async<string, Error>((resume) => {
    const client = new Upload(createReadStream(path), {
      endpoint: `${url}/videos/uploads`,
      chunkSize: PIECE,
      retryDelays: Array(120).fill(1000),
      headers: authorization,
      metadata: { filename: "film.mp4", filetype: "video/mp4" },
      onChunkComplete: (_size, accepted) => progressed(accepted),
      onError: (error) => resume(Effect.fail(error)),
      onSuccess: ({ lastResponse }) => resume(Effect.succeed(String(lastResponse.getHeader("Video-Id"))))
    })
    client.start()
    return Effect.promise(() => client.abort())
  })

const tus = (url: string, method: string, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) =>
  request(url, {
    method,
    headers: { ...authorization, "tus-resumable": "1.0.0", ...headers },
    ...(body === undefined ? {} : { body })
  })

/** Two servers that store in the bucket. */
const pairOver = (bucket: Effect.Effect.Success<ReturnType<typeof newBucket>>) => {
  const PLAYBACK_SECRET = "a secret that both servers share to sign their cookies"
  const env = { ...bucket.env, ADMIN_TOKEN, PLAYBACK_SECRET, LOCAL_RUNNER: "off" }
  return serverPair(env, env)
}

it.scopedLive(
  "an upload through nginx goes to two servers in turn, goes on when one is killed, and leaves only its source",
  () =>
    Effect.gen(function* () {
      const bucket = yield* newBucket()
      const { first, folder, second } = yield* pairOver(bucket)
      const url = yield* nginxWithoutTls([first, second].map((server) => Number(new URL(server.url).port)))
      const path = yield* largeVideo(folder, "large.mp4", SIZE)
      let hasKilled = false
      const id = yield* upload(url, path, (bytes) => {
        if (bytes < SIZE / 2 || hasKilled) return
        hasKilled = true
        process.kill(first.pid, "SIGKILL")
      })
      assert.isTrue(hasKilled)
      const { data, total } = yield* api(second.url, ADMIN_TOKEN).videos
      deepStrictEqual([total, data[0]?.uuid], [1, id])
      const source = `uploads/${id}/source`
      const keys = yield* until(
        "the pieces are removed",
        bucket.keys,
        (all) => !all.some((key) => key.includes(".pieces/"))
      )
      deepStrictEqual(
        keys.filter((key) => key.startsWith("uploads/")),
        [source]
      )
      deepStrictEqual(yield* bucket.unfinished, [])
      deepStrictEqual(yield* filesBelow(join(second.dataDir, "uploads")), [])
    }),
  300_000
)

it.scopedLive(
  "short requests at both servers continue one upload, and a cancelled one leaves nothing in the bucket",
  () =>
    Effect.gen(function* () {
      const bucket = yield* newBucket()
      const servers = yield* pairOver(bucket)
      const urls = [servers.first.url, servers.second.url]
      const created = yield* tus(`${urls[0]}/videos/uploads`, "POST", { "upload-length": String(SIZE) })
      assert.strictEqual(created.status, 201)
      const place = String(created.headers.get("location"))
      let offset = 0
      for (const [turn, size] of [1, PIECE - 1, 1000, PIECE].entries()) {
        const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }
        const answer = yield* tus(`${urls[turn % 2]}${place}`, "PATCH", headers, new Uint8Array(size))
        offset += size
        deepStrictEqual([answer.status, answer.headers.get("upload-offset")], [204, String(offset)])
        const head = yield* tus(`${urls[(turn + 1) % 2]}${place}`, "HEAD", {})
        deepStrictEqual(head.headers.get("upload-offset"), String(offset))
      }
      assert.isNotEmpty(yield* bucket.keys)
      assert.strictEqual((yield* tus(`${urls[1]}${place}`, "DELETE", {})).status, 204)
      deepStrictEqual([yield* bucket.keys, yield* bucket.unfinished], [[], []])
    }),
  300_000
)
