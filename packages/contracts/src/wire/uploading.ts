import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage, VideoStore } from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { Effect, Option, Stream } from "effect"
import { aHeldJob, playlist, resultParts, stateOf, stored, tokenParts } from "./arrange.ts"
import {
  assertDone,
  assertProblem,
  formBytes,
  formType,
  type Part,
  postForm,
  postJson,
  R,
  request,
  send
} from "./client.ts"
import { media } from "./media.ts"
import type { WireCases } from "./WireServer.ts"
import { MAX_FILE_SIZE, nothingSpooled, origin, Spooled } from "./world.ts"

const storing: WireCases = (it) => {
  it.effect("stores and publishes the result, and keeps no copy", () =>
    Effect.gen(function* () {
      const { id, path, tokens, videoId } = yield* aHeldJob()
      const parts = resultParts()
      assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...parts]))
      assert.strictEqual(yield* stateOf(id), "Completed")
      yield* nothingSpooled

      const videos = yield* VideoStore.VideoStore
      const storage = yield* FileStorage.FileStorage
      const video = yield* Effect.flatten(videos.find(videoId))
      const [file] = video.files
      assert.isDefined(file)
      const bytes = yield* storage.read(file.key).pipe(
        Stream.runCollect,
        Effect.map((chunks) => [...chunks])
      )
      deepStrictEqual(Buffer.concat(bytes), Buffer.from(media({ height: 240, size: 164_791 })))
      const text = yield* storage.read(file.playlistKey).pipe(Stream.decodeText(), Stream.mkString)
      assert.include(text, `#EXT-X-BYTERANGE:163434@1357`)
      assert.notInclude(text, String(parts[0]?.[2]))
    })
  )

  it.effect("accepts both files under one file name, with any path in it", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const evil = "../../../../tmp/evil.mp4"
      const parts: ReadonlyArray<Part> = [
        ...tokenParts(tokens),
        [
          "payload[resolutionPlaylistFile]",
          playlist(`${crypto.randomUUID()}-240-fragmented.mp4`),
          evil,
          "application/octet-stream"
        ],
        ["payload[videoFile]", media({ height: 240, size: 164_791 }), evil, "nonsense"]
      ]
      assertDone(yield* postForm(`${path}/success`, parts))
      assert.strictEqual(yield* stateOf(id), "Completed")
      yield* nothingSpooled
    })
  )

  it.effect("rejects a form with a file before its tokens", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const [runnerToken, jobToken] = tokenParts(tokens)
      assert.isDefined(runnerToken)
      assert.isDefined(jobToken)
      for (const endpoint of ["success", "update"]) {
        assertProblem(yield* postForm(`${path}/${endpoint}`, [...resultParts(), runnerToken, jobToken]), 400)
        assertProblem(yield* postForm(`${path}/${endpoint}`, [runnerToken, ...resultParts(), jobToken]), 400)
      }
      assert.strictEqual(yield* stateOf(id), "Processing")
      yield* nothingSpooled
    })
  )

  it.effect("answers 204 for an unusable result and counts a failure", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const files = resultParts().map(
        (part): Part => (part[0] === "payload[videoFile]" ? [part[0], "no media", "a", "b/c"] : part)
      )
      assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...files]))
      const job = yield* eventually(stored(id), ({ state }) => state === "Pending")
      assert.strictEqual(job.failures, 1)
      yield* nothingSpooled
    })
  )

  it.effect("accepts exactly one of many concurrent results", () =>
    Effect.gen(function* () {
      const { id, path, tokens, videoId } = yield* aHeldJob()
      const parts = [...tokenParts(tokens), ...resultParts()]
      const answers = yield* Effect.forEach(Array.from({ length: 4 }), () => postForm(`${path}/success`, parts), {
        concurrency: "unbounded"
      })
      const refused = answers.filter(({ status }) => status !== 204)
      assert.lengthOf(refused, 3)
      for (const answer of refused) {
        if (answer.status === 409) assertProblem(answer, 409)
        else assertProblem(answer, 400, "runner_job_not_in_processing_state")
      }
      yield* eventually(stateOf(id), (state) => state === "Completed")
      const videos = yield* VideoStore.VideoStore
      assert.lengthOf((yield* Effect.flatten(videos.find(videoId))).files, 1)
      yield* nothingSpooled
    })
  )
}

type Change = (parts: ReadonlyArray<Part>) => ReadonlyArray<Part>

const refusals: ReadonlyArray<readonly [what: string, status: number, change: Change]> = [
  ["no file", 400, (parts) => parts.slice(0, 2)],
  ["one file", 400, (parts) => parts.slice(0, 3)],
  [
    "a file without a name",
    400,
    (parts) => [...parts.slice(0, 3), ["payload[resolutionPlaylistFile]", "#EXTM3U", "", "a/b"]]
  ],
  ["a text in place of a file", 400, (parts) => [...parts.slice(0, 3), ["payload[resolutionPlaylistFile]", "#EXTM3U"]]],
  ["an unexpected file", 400, (parts) => [...parts, ["payload[other]", "x", "x.mp4", "video/mp4"]]],
  ["a file outside the payload", 400, (parts) => [...parts, ["videoFile", "x", "x.mp4", "video/mp4"]]],
  ["a repeated file", 400, (parts) => [...parts, ["payload[videoFile]", "x", "x.mp4", "video/mp4"]]],
  ["a repeated token", 400, (parts) => [["jobToken", "x"], ...parts]],
  ["a payload that is both a text and an object", 400, (parts) => [["payload", "x"], ...parts]],
  ["a deeper field", 400, (parts) => [...parts, ["payload[a][b]", "x"]]],
  ["an unclosed bracket", 400, (parts) => [...parts, ["payload[a", "x"]]],
  ["an empty bracket", 400, (parts) => [...parts, ["payload[]", "x"]]],
  ["an empty field name", 400, (parts) => [...parts, ["", "x"]]],
  ["an inherited property name", 400, (parts) => [...parts, ["__proto__[polluted]", "x"]]],
  ["an inherited property name in the payload", 400, (parts) => [...parts, ["payload[__proto__]", "x"]]],
  ["a field too large", 413, (parts) => [["note", "x".repeat(70_000)], ...parts]],
  ["too many fields", 400, (parts) => [...Array.from({ length: 120 }, (_, n): Part => [`f${n}`, "x"]), ...parts]],
  [
    "a file too large",
    413,
    (parts) => parts.map((part): Part => (part[2] ? [part[0], Buffer.alloc(MAX_FILE_SIZE + 1), part[2], "a/b"] : part))
  ]
]

const refusing: WireCases = (it) => {
  for (const [what, status, change] of refusals) {
    it.effect(`rejects ${what}, keeps the lease and leaves no file`, () =>
      Effect.gen(function* () {
        const { id, path, tokens } = yield* aHeldJob()
        const before = yield* stored(id)
        const parts = change([...tokenParts(tokens), ...resultParts()])
        assertProblem(yield* postForm(`${path}/success`, parts), status)
        deepStrictEqual(yield* stored(id), before)
        assert.notProperty({}, "polluted")
        yield* nothingSpooled
        assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]))
      })
    )
  }

  it.effect("rejects clients without the lease before writing any file byte to disk", () =>
    Effect.gen(function* () {
      const { files } = yield* Spooled
      const { path, tokens } = yield* aHeldJob()
      let seen: ReadonlyArray<string> = []
      const wrong = formBytes([...tokenParts({ ...tokens, jobToken: "ptrjt-wrong" }), ...resultParts()])
      const watched = new ReadableStream<Uint8Array>({
        async pull(controller) {
          seen = [...seen, ...(await Effect.runPromise(files))]
          if (at >= wrong.length) return controller.close()
          controller.enqueue(wrong.slice(at, at + 16_384))
          at += 16_384
        }
      })
      let at = 0
      const answer = yield* send(
        () =>
          new Request(`${origin}${path}/success`, {
            method: "POST",
            headers: { "content-type": formType() },
            body: watched,
            // Streaming bodies require it, but the types do not include it yet.
            ...{ duplex: "half" }
          })
      )
      assertProblem(answer, 404)
      assert.isAtLeast(at, wrong.length)
      deepStrictEqual(seen, [])
    })
  )

  it.effect("accepts JSON in place of forms and forms in place of JSON", () =>
    Effect.gen(function* () {
      const { id, path, runner, tokens } = yield* aHeldJob()
      assertDone(yield* postJson(`${path}/update`, { ...tokens, progress: 3 }))
      const forged = { videoFile: { path: "/etc/passwd" }, resolutionPlaylistFile: "x" }
      assertProblem(yield* postJson(`${path}/success`, { ...tokens, payload: forged }), 400)
      assert.strictEqual(yield* stateOf(id), "Processing")
      assert.strictEqual((yield* postForm(`${R}/jobs/request`, [["runnerToken", runner.runnerToken]])).status, 200)
      assertDone(yield* postForm(`${path}/error`, [...tokenParts(tokens), ["message", "läuft nicht"]]))
      assert.strictEqual((yield* stored(id)).failures, 1)
    })
  )

  it.effect("rejects a heartbeat with files and leaves none", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const before = yield* stored(id)
      const chunk: Part = ["payload[videoChunkFile]", "x".repeat(1000), "0-000014.ts", "video/mp2t"]
      assertProblem(yield* postForm(`${path}/update`, [...tokenParts(tokens), chunk]), 400)
      deepStrictEqual(yield* stored(id), before)
      deepStrictEqual((yield* stored(id)).progress, Option.none())
      yield* nothingSpooled
    })
  )

  it.effect("rejects an incomplete form and leaves no file", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const before = yield* stored(id)
      const whole = formBytes([...tokenParts(tokens), ...resultParts()])
      for (const length of [0, 30, 200, 5000, ...[100, 5, 4, 3].map((missing) => whole.length - missing)]) {
        const body = whole.slice(0, length)
        const answer = yield* send(() => request(`${path}/success`, { headers: { "content-type": formType() }, body }))
        assertProblem(answer, 400)
      }
      deepStrictEqual(yield* stored(id), before)
      yield* nothingSpooled
    })
  )
}

export const uploadingCases: WireCases = (it) => {
  storing(it)
  refusing(it)
}
