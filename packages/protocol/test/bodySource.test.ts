import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Fiber, Option, TestClock } from "effect"
import * as BodyReader from "../src/body/BodyReader.ts"
import * as BodySource from "../src/body/BodySource.ts"
import * as UnauthenticatedBytes from "../src/body/UnauthenticatedBytes.ts"

/** A body that a test sends piece by piece. */
const aBody = () => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given
    },
    cancel: () => {
      isCancelled = true
    }
  })
  return {
    request: new Request("http://a.example/", { method: "POST", body, ...{ duplex: "half" } }),
    send: (bytes: number) => Effect.sync(() => (isCancelled ? undefined : controller?.enqueue(new Uint8Array(bytes)))),
    isCancelled: () => isCancelled
  }
}

const sourceOf = (request: Request, meter: Parameters<typeof BodySource.make>[1]) =>
  Effect.acquireRelease(
    Effect.sync(() => BodySource.make(BodyReader.ofRequest(request), meter)),
    ({ close }) => close
  )

const after = (seconds: number) => TestClock.adjust(`${seconds} seconds`)

/** Sends a piece after each pause and reads it. Returns how many were read before the body counted as stalled. */
const pieces = (count: number, pause: number, bytes: number, isAuthenticated: boolean) =>
  Effect.gen(function* () {
    const { request, send } = aBody()
    const source = yield* sourceOf(request, Option.none())
    if (isAuthenticated) yield* source.authenticate
    for (let done = 0; done < count; done++) {
      const reading = yield* Effect.fork(Effect.exit(source.next))
      yield* after(pause)
      yield* send(bytes)
      if (Exit.isFailure(yield* Fiber.join(reading))) return done
    }
    return count
  }).pipe(Effect.scoped)

describe("the body of a request", () => {
  it.effect("must arrive within a minute while its sender is not authenticated", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* pieces(5, 11, 100_000, false), 5)
      deepStrictEqual(yield* pieces(9, 11, 100_000, false), 5)
    })
  )

  it.effect("may take hours when it is authenticated and does not stop", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* pieces(200, 59, 16 * 1024, true), 200)
    })
  )

  it.effect("must bring 16 KiB a minute when it is authenticated", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* pieces(100, 1, 100, true), 59)
      deepStrictEqual(yield* pieces(2, 61, 16 * 1024, true), 0)
    })
  )

  it.effect("is cancelled when it stalls, and its connection is unusable", () =>
    Effect.gen(function* () {
      const { isCancelled, request, send } = aBody()
      const source = yield* sourceOf(request, Option.none())
      yield* send(10)
      yield* source.next
      const reading = yield* Effect.fork(Effect.flip(source.next))
      yield* after(60)
      deepStrictEqual((yield* Fiber.join(reading))._tag, "BodyStalled")
      // Nothing is left to discard, so this returns at once.
      yield* source.drain
      assert.isTrue(isCancelled())
      assert.isTrue(source.isUnfinished())
    }).pipe(Effect.scoped)
  )

  it.effect("does not stall while this server is busy with it", () =>
    Effect.gen(function* () {
      const { request, send } = aBody()
      const source = yield* sourceOf(request, Option.none())
      yield* send(10)
      yield* source.next
      yield* after(3600)
      yield* send(10)
      deepStrictEqual(
        Option.map(yield* source.next, ({ length }) => length),
        Option.some(10)
      )
    }).pipe(Effect.scoped)
  )
})

describe("bytes of unauthenticated bodies", () => {
  const open = (bytes: UnauthenticatedBytes.UnauthenticatedBytes, address: string) =>
    Effect.gen(function* () {
      const { request, send } = aBody()
      const source = yield* sourceOf(request, Option.some(bytes.meter(Option.some(address))))
      const receive = (size: number) => Effect.zipRight(send(size), Effect.either(source.next))
      return { ...source, receive: (size: number) => Effect.map(receive(size), ({ _tag }) => _tag) }
    })

  it.effect("are limited in all and for each address", () =>
    Effect.gen(function* () {
      const bytes = UnauthenticatedBytes.make(100, 60)
      const a = yield* open(bytes, "a")
      const sameAddress = yield* open(bytes, "a")
      const b = yield* open(bytes, "b")
      deepStrictEqual(
        [yield* a.receive(50), yield* sameAddress.receive(11), yield* b.receive(50)],
        ["Right", "Left", "Right"]
      )
      deepStrictEqual(yield* (yield* open(bytes, "c")).receive(1), "Left")
    }).pipe(Effect.scoped)
  )

  it.effect("no longer count when the sender is authenticated, or the request has ended", () =>
    Effect.gen(function* () {
      const bytes = UnauthenticatedBytes.make(100, 100)
      const a = yield* open(bytes, "a")
      yield* a.receive(100)
      yield* a.authenticate
      deepStrictEqual(yield* a.receive(1000), "Right")
      deepStrictEqual(yield* Effect.scoped(Effect.flatMap(open(bytes, "b"), (b) => b.receive(100))), "Right")
      deepStrictEqual(yield* (yield* open(bytes, "c")).receive(100), "Right")
    }).pipe(Effect.scoped)
  )
})
