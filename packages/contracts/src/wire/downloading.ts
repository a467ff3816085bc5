import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, VideoStore } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import { aHeldJob } from "./arrange.ts"
import { assertProblem, postJson, R, request, send } from "./client.ts"
import type { WireCases } from "./WireServer.ts"

/** A leased job whose video has a thumbnail, and the base URL of its files. */
const aJobWithFiles = Effect.gen(function* () {
  const held = yield* aHeldJob()
  const key = FileKey.FileKey.make(`videos/${held.videoId}/picture.jpg`)
  const storage = yield* FileStorage.FileStorage
  yield* storage.write(key, Stream.make(new TextEncoder().encode("a picture")))
  const videos = yield* VideoStore.VideoStore
  yield* videos.save({ ...held.video, thumbnailKey: Option.some(key) }, [])
  return { ...held, files: `${held.path}/files/videos/${held.videoId}` }
})

const giving: WireCases = (it) => {
  it.effect("serves the source of the video, by UUID or number", () =>
    Effect.gen(function* () {
      const { path, source, tokens, video, videoId } = yield* aJobWithFiles
      for (const name of [videoId, String(video.number)]) {
        for (const file of ["max-quality", "max-quality/audio"]) {
          const answer = yield* postJson(`${path}/files/videos/${name}/${file}`, tokens)
          assert.strictEqual(answer.status, 200, answer.text)
          deepStrictEqual(answer.bytes, source)
          assert.strictEqual(answer.headers.get("content-length"), String(source.length))
          assert.strictEqual(answer.headers.get("content-type"), "video/mp4")
          assert.strictEqual(answer.headers.get("accept-ranges"), "bytes")
          assert.match(answer.headers.get("etag") ?? "", /^"[^"]+"$/)
        }
      }
    })
  )

  it.effect("decodes a path once", () =>
    Effect.gen(function* () {
      const { path, tokens, video } = yield* aJobWithFiles
      const escaped = Array.from(String(video.number), (digit) => `%3${digit}`).join("")
      const of = (name: string) => postJson(`${path}/files/videos/${name}/max-quality`, tokens)
      assert.strictEqual((yield* of(escaped)).status, 200)
      assertProblem(yield* of(escaped.replaceAll("%", "%25")), 400)
    })
  )

  it.effect("serves the thumbnail of the video, if it has one", () =>
    Effect.gen(function* () {
      const { files, tokens } = yield* aJobWithFiles
      const answer = yield* postJson(`${files}/previews/max-quality`, tokens)
      assert.strictEqual(answer.text, "a picture")
      assert.strictEqual(answer.headers.get("content-type"), "image/jpeg")
      const bare = yield* aHeldJob()
      assertProblem(yield* postJson(`${bare.path}/files/videos/${bare.videoId}/previews/max-quality`, bare.tokens), 404)
    })
  )

  it.effect("serves ranges of the file", () =>
    Effect.gen(function* () {
      const { files, source, tokens } = yield* aJobWithFiles
      const part = (range: string, more: Record<string, string> = {}) =>
        postJson(`${files}/max-quality`, tokens, { range, ...more })

      const middle = yield* part("bytes=10-19")
      assert.strictEqual(middle.status, 206)
      deepStrictEqual(middle.bytes, source.slice(10, 20))
      assert.strictEqual(middle.headers.get("content-range"), `bytes 10-19/${source.length}`)
      assert.strictEqual(middle.headers.get("content-length"), "10")
      deepStrictEqual((yield* part("bytes=-5")).bytes, source.slice(-5))
      deepStrictEqual((yield* part(`bytes=${source.length - 3}-`)).bytes, source.slice(-3))
      assert.strictEqual((yield* part("bytes=0-1,5-6")).status, 200)

      const beyond = yield* part(`bytes=${source.length}-`)
      assertProblem(beyond, 416)
      assert.strictEqual(beyond.headers.get("content-range"), `bytes */${source.length}`)

      const etag = middle.headers.get("etag") ?? ""
      assert.strictEqual((yield* part("bytes=0-0", { "if-range": etag })).status, 206)
      deepStrictEqual((yield* part("bytes=0-0", { "if-range": '"another"' })).bytes, source)
      assert.strictEqual((yield* part("bytes=0-0", { "if-range": `W/${etag}` })).status, 200)
    })
  )

  it.effect("answers 412 without the file to a runner that has this version, if the job is its own", () =>
    Effect.gen(function* () {
      const { files, source, tokens } = yield* aJobWithFiles
      const address = `${files}/max-quality`
      const etag = (yield* postJson(address, tokens)).headers.get("etag") ?? ""
      const known = yield* postJson(address, tokens, { "if-none-match": etag })
      assert.deepStrictEqual([known.status, known.text, known.headers.get("etag")], [412, "", etag])
      deepStrictEqual((yield* postJson(address, tokens, { "if-none-match": '"another"' })).bytes, source)
      const stranger = { ...tokens, jobToken: "ptrjt-another" }
      assertProblem(yield* postJson(address, stranger, { "if-none-match": etag }), 404)
    })
  )
}

const keeping: WireCases = (it) => {
  it.effect("answers 404 for a file that is missing in the storage", () =>
    Effect.gen(function* () {
      const { files, tokens, video } = yield* aJobWithFiles
      const storage = yield* FileStorage.FileStorage
      const source = Option.getOrThrow(video.sourceKey)
      yield* storage.remove(source)
      const answer = yield* postJson(`${files}/max-quality`, tokens)
      assertProblem(answer, 404)
      assert.notInclude(answer.text, source)
    })
  )

  it.effect("accepts only POST, because tokens are in the body", () =>
    Effect.gen(function* () {
      const { files } = yield* aJobWithFiles
      for (const method of ["GET", "PUT", "DELETE"]) {
        const answer = yield* send(() => request(`${files}/max-quality`, { method }))
        assertProblem(answer, 405)
        assert.strictEqual(answer.headers.get("allow"), "POST")
      }
      const head = yield* send(() => request(`${files}/max-quality`, { method: "HEAD" }))
      assert.strictEqual(head.status, 405)
      assert.strictEqual(head.text, "")
    })
  )

  it.effect("answers 404 for other paths, and ignores a trailing slash", () =>
    Effect.gen(function* () {
      const { path, runner, tokens } = yield* aHeldJob()
      for (const unknown of [`${R}/nothing`, `${path}/nothing`, `${path}/files`, `${R}//register`]) {
        assertProblem(yield* postJson(unknown, tokens), 404)
      }
      const answer = yield* postJson(`${R}/jobs/request/`, { runnerToken: runner.runnerToken })
      assert.strictEqual(answer.status, 200)
    })
  )
}

export const downloadingCases: WireCases = (it) => {
  giving(it)
  keeping(it)
}
