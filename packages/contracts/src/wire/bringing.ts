import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, JobAdmin, Upkeep, VideoStore } from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { DateTime, Effect, Option, Stream } from "effect"
import { aHeldJob, playlist, resultParts, stateOf, stored, succeed, take, tokenParts } from "./arrange.ts"
import {
  assertDone,
  assertProblem,
  formBytes,
  formType,
  type Part,
  postForm,
  postJson,
  request,
  send
} from "./client.ts"
import { media } from "./media.ts"
import type { Hands, WireCases } from "./WireServer.ts"
import { MAX_FILE_SIZE, nothingSpooled } from "./world.ts"

type Held = Effect.Effect.Success<ReturnType<typeof aHeldJob>>

const VIDEO = "videoFile"
const PLAYLIST = "resolutionPlaylistFile"

/** Returns the upload URL of a file for the current attempt of the job. */
const addressOf = ({ uploads }: Pick<Held, "uploads">, file: string) => new URL(String(uploads[file])).pathname

const filePart = (bytes: Uint8Array | string): Part => ["file", bytes, "an unused name.mp4", "video/mp4"]

const bring = (path: string, bytes: Uint8Array | string, method = "PUT") =>
  send(() => request(path, { method, headers: { "content-type": formType() }, body: formBytes([filePart(bytes)]) }))

const video = () => media({ height: 240, size: 164_791 })
const playlistText = () => playlist(`${crypto.randomUUID()}-240-fragmented.mp4`)

const bringBoth = (held: Held) =>
  Effect.gen(function* () {
    assertDone(yield* bring(addressOf(held, VIDEO), video()))
    assertDone(yield* bring(addressOf(held, PLAYLIST), playlistText()))
  })

/** Returns which of the files are stored for the attempt with this row. */
const waitingFor = (attemptId: Option.Option<string>) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const keyOf = (file: string) => FileKey.FileKey.make(`custom-uploads/${Option.getOrThrow(attemptId)}-${file}`)
    return yield* Effect.filter([VIDEO, PLAYLIST], (file) => Effect.isSuccess(storage.stat(keyOf(file))))
  })

const tokensAlone = (held: Held) => postForm(`${held.path}/success`, tokenParts(held.tokens))

const bringing: WireCases = (it) => {
  it.effect("files uploaded one by one count as part of the result", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const { attemptId } = yield* stored(held.id)
      assertDone(yield* bring(addressOf(held, VIDEO), "something else first"))
      assertDone(yield* bring(addressOf(held, VIDEO), video()))
      assertProblem(yield* tokensAlone(held), 400)
      assert.strictEqual(yield* stateOf(held.id), "Processing")
      assertDone(yield* bring(addressOf(held, PLAYLIST), playlistText(), "POST"))
      deepStrictEqual(yield* waitingFor(attemptId), [VIDEO, PLAYLIST])
      assertDone(yield* tokensAlone(held))
      assert.strictEqual(yield* stateOf(held.id), "Completed")

      const videos = yield* VideoStore.VideoStore
      const storage = yield* FileStorage.FileStorage
      const [file] = (yield* Effect.flatten(videos.find(held.videoId))).files
      assert.isDefined(file)
      const bytes = yield* Stream.runCollect(storage.read(file.key))
      deepStrictEqual(Buffer.concat([...bytes]), Buffer.from(video()))
      deepStrictEqual(yield* waitingFor(attemptId), [])
      yield* nothingSpooled
    })
  )

  it.effect("one file may precede the result; a file in the result takes precedence", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* bring(addressOf(held, VIDEO), "not this one"))
      assertDone(yield* succeed(held))
      assert.strictEqual(yield* stateOf(held.id), "Completed")
    })
  )

  it.effect("an unusable result deletes the uploads, and the next attempt gets new upload URLs", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const { attemptId } = yield* stored(held.id)
      assertDone(yield* bring(addressOf(held, VIDEO), "no media"))
      assertDone(yield* bring(addressOf(held, PLAYLIST), playlistText()))
      assertDone(yield* tokensAlone(held))
      const job = yield* eventually(stored(held.id), ({ state }) => state === "Pending")
      assert.strictEqual(job.failures, 1)
      deepStrictEqual(yield* waitingFor(attemptId), [])
      const again = { ...held, ...(yield* take(held.id, held.runner.runnerToken)) }
      assert.notStrictEqual(addressOf(again, VIDEO), addressOf(held, VIDEO))
      assertProblem(yield* bring(addressOf(held, VIDEO), video()), 404)
      yield* bringBoth(again)
      assertDone(yield* tokensAlone(again))
      assert.strictEqual(yield* stateOf(held.id), "Completed")
    })
  )
}

/** The ways in which an attempt ends without a result. */
const ends: Readonly<Record<string, (held: Held) => Effect.Effect<unknown, unknown, Hands>>> = {
  "is aborted": ({ path, tokens }) => postJson(`${path}/abort`, { ...tokens, reason: "stopped" }),
  "has failed": ({ path, tokens }) => postJson(`${path}/error`, { ...tokens, message: "ffmpeg failed" }),
  "is cancelled": ({ id }) => Effect.flatMap(JobAdmin.JobAdmin, (jobs) => jobs.cancel(id)),
  "is removed": ({ id }) => Effect.flatMap(JobAdmin.JobAdmin, (jobs) => jobs.remove(id)),
  "becomes silent": ({ id }) =>
    Effect.gen(function* () {
      const jobs = yield* VideoStore.VideoStore
      const job = yield* stored(id)
      const updatedAt = DateTime.subtract(job.updatedAt, { hours: 1 })
      const found = yield* Effect.flatten(jobs.find(Option.getOrThrow(job.videoId)))
      yield* jobs.save(found, [{ ...job, updatedAt }])
      yield* (yield* Upkeep.Upkeep).round
    })
}

const ending: WireCases = (it) => {
  for (const [how, end] of Object.entries(ends)) {
    it.effect(`uploads are deleted and their URLs expire when the attempt ${how}`, () =>
      Effect.gen(function* () {
        const held = yield* aHeldJob()
        const { attemptId } = yield* stored(held.id)
        yield* bringBoth(held)
        deepStrictEqual(yield* waitingFor(attemptId), [VIDEO, PLAYLIST])
        yield* end(held)
        deepStrictEqual(yield* waitingFor(attemptId), [])
        assertProblem(yield* bring(addressOf(held, VIDEO), video()), 404)
        deepStrictEqual(yield* waitingFor(attemptId), [])
        const videos = yield* VideoStore.VideoStore
        const { pendingDeletion } = yield* Effect.flatten(videos.find(held.videoId))
        const id = Option.getOrThrow(attemptId)
        deepStrictEqual(
          pendingDeletion.map(({ key }): string => key).sort(),
          [PLAYLIST, VIDEO].map((file) => `custom-uploads/${id}-${file}`)
        )
        yield* nothingSpooled
      })
    )
  }
}

const keeping: WireCases = (it) => {
  it.effect("an upload URL is valid for one file of one attempt", () =>
    Effect.gen(function* () {
      const [held, other] = [yield* aHeldJob(), yield* aHeldJob()]
      const address = addressOf(held, VIDEO)
      const key = address.split("/").at(-2) ?? ""
      const wrong = [
        address.replace(held.id, other.id),
        address.replace(held.id, crypto.randomUUID()),
        address.replace(VIDEO, "vttFile"),
        address.replace(VIDEO, "__proto__"),
        address.replace(VIDEO, "..%2Fa"),
        address.replace(key, key.slice(1)),
        address.replace(key, held.tokens.jobToken),
        address.replace(key, "0".repeat(64))
      ]
      const before = [yield* stored(held.id), yield* stored(other.id)]
      for (const path of wrong) assertProblem(yield* bring(path, video()), 404)
      for (const method of ["PUT", "POST"]) {
        assertProblem(yield* bring(address.replace(held.id, "1"), video(), method), 404)
      }
      deepStrictEqual([yield* stored(held.id), yield* stored(other.id)], before)
      assertDone(yield* succeed(other))
      assertProblem(yield* bring(addressOf(other, VIDEO), video()), 404)
      yield* nothingSpooled
    })
  )

  const forms: Readonly<Record<string, readonly [status: number, ReadonlyArray<Part>]>> = {
    "no file": [400, []],
    "text in place of the file": [400, [["file", "x"]]],
    "a file by another name": [400, [["payload[videoFile]", "x", "x.mp4", "video/mp4"]]],
    "a file without a name": [400, [["file", "x", "", "video/mp4"]]],
    "two files": [400, [filePart("x"), filePart("y")]],
    "a file too large": [413, [filePart(Buffer.alloc(MAX_FILE_SIZE + 1))]]
  }

  for (const [what, [status, parts]] of Object.entries(forms)) {
    it.effect(`rejects ${what} and stores nothing`, () =>
      Effect.gen(function* () {
        const held = yield* aHeldJob()
        const before = yield* stored(held.id)
        const headers = { "content-type": formType() }
        const put = () => request(addressOf(held, VIDEO), { method: "PUT", headers, body: formBytes(parts) })
        assertProblem(yield* send(put), status)
        deepStrictEqual(yield* stored(held.id), before)
        deepStrictEqual(yield* waitingFor(before.attemptId), [])
        yield* nothingSpooled
      })
    )
  }

  it.effect("rejects incomplete bodies and bodies that are not forms, and stores nothing", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const { attemptId } = yield* stored(held.id)
      const path = addressOf(held, VIDEO)
      const body = formBytes([filePart(video())]).slice(0, 5000)
      const type = { "content-type": formType() }
      assertProblem(yield* send(() => request(path, { method: "PUT", headers: type, body })), 400)
      assertProblem(yield* postJson(path, { file: { path: "/etc/passwd", size: 1 } }), 400)
      assertProblem(yield* send(() => request(path, { method: "PUT", body: "raw" })), 415)
      deepStrictEqual(yield* waitingFor(attemptId), [])
      yield* nothingSpooled
      yield* bringBoth(held)
      assertDone(yield* succeed(held))
    })
  )

  it.effect("still requires all files in a result without earlier uploads", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* postForm(`${held.path}/success`, [...tokenParts(held.tokens), ...resultParts()]))
      deepStrictEqual((yield* stored(held.id)).uploads, [])
    })
  )
}

/** Contract of result files that are uploaded before the result. */
export const bringingCases: WireCases = (it) => {
  bringing(it)
  ending(it)
  keeping(it)
}
