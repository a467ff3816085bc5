import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Upkeep, VideoStore } from "@runner-connector/core"
import { aVideo } from "@runner-connector/core/testing"
import { Effect, Option, TestClock } from "effect"
import { type Around, aFolder, aHost, away, connector, idOf } from "./host.ts"

const bytes = aVideo({ seconds: 4 })
const half = Math.floor(bytes.length / 2)

const videos = Effect.flatMap(VideoStore.VideoStore, (store) => store.list({ start: 0, count: 10 }))

/** Uploads the whole file in one request. */
const uploaded = (host: Effect.Effect.Success<ReturnType<typeof aHost>>) =>
  Effect.gen(function* () {
    const id = idOf(yield* host.create(bytes.length))
    return { id, last: yield* host.append(id, 0, bytes) }
  })

/** Fails as long as the list has outcomes, then works. `late` fails after the video was made. */
const failing = (...outcomes: ReadonlyArray<"early" | "late">): Around => {
  const left = [...outcomes]
  return (effect) =>
    Effect.suspend(() => {
      const outcome = left.shift()
      if (outcome === undefined) return effect
      return outcome === "early" ? Effect.fail(away) : Effect.zipRight(effect, Effect.fail(away))
    })
}

describe("an upload", () => {
  it.scoped("arrives in parts, makes one video with its facts, and answers repeated requests alike", () =>
    Effect.gen(function* () {
      const host = yield* aHost()
      const created = yield* host.create(bytes.length, { filename: "🎬 cat.mp4", title: "The cat" })
      const id = idOf(created)
      deepStrictEqual([created.status, created.headers.get("location")], [201, `/uploads/${id}`])
      assert.lengthOf(yield* host.records, 1)
      const first = yield* host.append(id, 0, bytes.subarray(0, half))
      deepStrictEqual([first.status, first.headers.get("upload-offset")], [204, String(half)])
      assert.isNotNull(first.headers.get("upload-expires"))
      deepStrictEqual((yield* host.head(id)).headers.get("upload-offset"), String(half))
      assert.strictEqual((yield* host.append(id, 0, bytes)).status, 409)

      const last = yield* host.append(id, half, bytes.subarray(half))
      deepStrictEqual([last.status, last.headers.get("video-id")], [204, id])
      for (const again of [yield* host.head(id), yield* host.append(id, bytes.length, new Uint8Array())]) {
        assert.isBelow(again.status, 300)
        const answer = [again.headers.get("upload-offset"), again.headers.get("video-id")]
        deepStrictEqual(answer, [String(bytes.length), id])
      }
      const { data, total } = yield* videos
      deepStrictEqual([total, data[0]?.id, data[0]?.title], [1, id, Option.some("The cat")])
      deepStrictEqual(data[0]?.fileName, Option.some("🎬 cat.mp4"))
      deepStrictEqual([yield* host.unfinished, yield* host.records], [[], []])
    }).pipe(Effect.provide(connector))
  )

  it.scoped("may declare its length with a later part, up to the largest file", () =>
    Effect.gen(function* () {
      const host = yield* aHost()
      const created = yield* host.create("later")
      assert.strictEqual(created.status, 201)
      const id = idOf(created)
      assert.strictEqual((yield* host.append(id, 0, bytes.subarray(0, half))).status, 204)
      const tooLong = yield* host.append(id, half, bytes.subarray(half), { "upload-length": String(2 * 1024 ** 3) })
      assert.strictEqual(tooLong.status, 413)
      const last = yield* host.append(id, half, bytes.subarray(half), { "upload-length": String(bytes.length) })
      deepStrictEqual([last.status, last.headers.get("video-id")], [204, id])
      assert.strictEqual((yield* videos).total, 1)
    }).pipe(Effect.provide(connector))
  )

  it.scoped("is refused before its first byte when its fields are invalid", () =>
    Effect.gen(function* () {
      const host = yield* aHost()
      const refused = yield* host.create(10, { title: "much too long a title" })
      deepStrictEqual([refused.status, refused.headers.get("content-type")], [400, "application/problem+json"])
      assert.strictEqual((yield* host.create(2 * 1024 ** 3)).status, 413)
      assert.strictEqual((yield* host.head("00000000-0000-4000-8000-00000000abcd")).status, 404)
      deepStrictEqual([yield* host.unfinished, yield* host.records], [[], []])
    }).pipe(Effect.provide(connector))
  )

  it.scoped("that is no video is refused with the reason, and nothing of it stays", () =>
    Effect.gen(function* () {
      const host = yield* aHost()
      const id = idOf(yield* host.create(7))
      const refused = yield* host.append(id, 0, new TextEncoder().encode("a text."))
      assert.strictEqual(refused.status, 422)
      assert.strictEqual((yield* host.head(id)).status, 404)
      deepStrictEqual([yield* host.unfinished, yield* host.stored], [[], []])
      assert.isTrue((yield* host.records).every(({ abandoned }) => abandoned))
    }).pipe(Effect.provide(connector))
  )

  it.scoped("can be given up by its client", () =>
    Effect.gen(function* () {
      const host = yield* aHost()
      const id = idOf(yield* host.create(bytes.length))
      yield* host.append(id, 0, bytes.subarray(0, half))
      assert.strictEqual((yield* host.terminate(id)).status, 204)
      assert.strictEqual((yield* host.head(id)).status, 404)
      deepStrictEqual([yield* host.unfinished, yield* host.stored], [[], []])
    }).pipe(Effect.provide(connector))
  )
})

describe("a complete upload", () => {
  it.scoped("makes its video when the client asks again, after failures before and after the video", () =>
    Effect.gen(function* () {
      for (const outcome of ["early", "late"] as const) {
        const before = (yield* videos).total
        const host = yield* aHost(failing(outcome))
        const { id, last } = yield* uploaded(host)
        assert.strictEqual(last.status, 503)
        const again = yield* host.head(id)
        deepStrictEqual([again.status, again.headers.get("video-id")], [200, id])
        assert.strictEqual((yield* videos).total, before + 1)
        assert.include(yield* host.stored, `uploads/${id}/cat.mp4`)
        deepStrictEqual(yield* host.unfinished, [])
      }
    }).pipe(Effect.provide(connector))
  )

  it.scoped("makes its video although client and server are gone, when the server starts again", () =>
    Effect.gen(function* () {
      const directory = yield* aFolder
      const dead = yield* Effect.scoped(Effect.flatMap(aHost(failing("early", "early", "early"), directory), uploaded))
      assert.strictEqual((yield* videos).total, 0)
      const host = yield* aHost(undefined, directory)
      yield* TestClock.adjust("5 minutes")
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual((yield* host.head(dead.id)).headers.get("video-id"), dead.id)
      assert.strictEqual((yield* videos).total, 1)
    }).pipe(Effect.provide(connector))
  )

  it.scoped("makes one video for requests at the same moment", () =>
    Effect.gen(function* () {
      let made = 0
      const count = Effect.sync(() => {
        made += 1
      })
      const first = failing("early")
      const host = yield* aHost((effect) => Effect.zipRight(count, first(effect)))
      const { id } = yield* uploaded(host)
      const answers = yield* Effect.all(
        Array.from({ length: 5 }, () => host.head(id)),
        { concurrency: "unbounded" }
      )
      deepStrictEqual(
        answers.map(({ headers }) => headers.get("video-id")),
        Array(5).fill(id)
      )
      assert.strictEqual(made, 2)
    }).pipe(Effect.provide(connector))
  )
})

describe("an abandoned upload", () => {
  it.scoped("stays for a day after its last request, and is removed then", () =>
    Effect.gen(function* () {
      const host = yield* aHost()
      const upkeep = yield* Upkeep.Upkeep
      const id = idOf(yield* host.create(bytes.length))
      yield* TestClock.adjust("20 hours")
      yield* host.append(id, 0, bytes.subarray(0, half))
      yield* TestClock.adjust("23 hours")
      yield* upkeep.round
      assert.strictEqual((yield* host.head(id)).status, 200)
      yield* TestClock.adjust("25 hours")
      yield* upkeep.round
      assert.strictEqual((yield* host.append(id, half, bytes.subarray(half))).status, 410)
      assert.strictEqual((yield* host.head(id)).status, 404)
      yield* TestClock.adjust("1 hour")
      yield* upkeep.round
      deepStrictEqual([yield* host.unfinished, yield* host.stored, yield* host.records], [[], [], []])
      assert.strictEqual((yield* videos).total, 0)
    }).pipe(Effect.provide(connector))
  )
})
