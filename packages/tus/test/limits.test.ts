import { stat } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aVideo } from "@runner-connector/core/testing"
import { Effect, Fiber, Stream } from "effect"
import { aFolder, aHost, connector, idOf } from "./host.ts"

const bytes = aVideo({ seconds: 4 })
const half = Math.floor(bytes.length / 2)

it.scoped("refuses a new upload when too many are unfinished, until one has ended", () =>
  Effect.gen(function* () {
    const host = yield* aHost(undefined, undefined, {
      maxUnfinished: 2,
      maxUnfinishedSize: 3 * bytes.length,
      maxSize: 3 * bytes.length
    })
    const [first, second] = [yield* host.create(bytes.length), yield* host.create(bytes.length)]
    const third = yield* host.create(bytes.length)
    deepStrictEqual([third.status, third.headers.get("retry-after")], [503, "60"])
    assert.include(yield* Effect.promise(() => third.text()), "Too many uploads are unfinished")
    assert.strictEqual((yield* host.terminate(idOf(first))).status, 204)
    assert.strictEqual((yield* host.create(2 * bytes.length + 1)).status, 503)
    assert.strictEqual((yield* host.append(idOf(second), 0, bytes)).status, 204)
    assert.strictEqual((yield* host.create(3 * bytes.length)).status, 201)
    assert.strictEqual((yield* host.create("later")).status, 503)
  }).pipe(Effect.provide(connector))
)

/** Waits until the file has this many bytes. */
const arrived = (path: string, size: number) =>
  Effect.promise(async () => {
    while ((await stat(path)).size < size) await new Promise((resolve) => setImmediate(resolve))
  })

it.scopedLive("ends a request without an end when the client goes on at another server", () =>
  Effect.gen(function* () {
    const folder = yield* aFolder
    const [one, other] = [yield* aHost(undefined, folder), yield* aHost(undefined, folder)]
    const id = idOf(yield* one.create(bytes.length))
    const endless = Stream.concat(Stream.make(bytes.slice(0, half)), Stream.never)
    const broken = yield* Effect.fork(one.stream(id, 0, Stream.toReadableStream(endless)))
    yield* arrived(join(folder, id), half)
    const offset = Number((yield* other.head(id)).headers.get("upload-offset"))
    assert.strictEqual(offset, half)
    yield* Fiber.join(broken)
    const last = yield* other.append(id, offset, bytes.subarray(offset))
    deepStrictEqual([last.status, last.headers.get("video-id")], [204, id])
  }).pipe(Effect.provide(connector))
)
