import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Deferred, Duration, Effect, Fiber, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import { portError } from "../support/calls.ts"
import { type Around, aProcess, type Process, startProcess } from "../support/Process.ts"
import { upload } from "../support/results.ts"
import { turn } from "../support/time.ts"

const key = FileKey.make("uploads/1/cat.mov")
const settings = { uploadSilence: Duration.minutes(10) }

/** A server whose signs of life are lost, and whose upload reaches the storage when the gate opens. */
const aSilentServer = Effect.gen(function* () {
  const gate = yield* Deferred.make<void>()
  let isStoring = false
  const around: Around = (call, effect) => {
    if (call === "UploadStore.touch") return Effect.fail(portError(call)) as never
    if (call !== "FileStorage.adopt") return effect
    return Effect.suspend(() => {
      isStoring = true
      return Effect.zipRight(Deferred.await(gate), effect)
    })
  }
  const server = yield* aProcess({ around, settings })
  const other = yield* startProcess(server.world, { settings })
  const file = upload(server.world, "cat.mov", Media.aVideo())

  /** Stores the upload late, and continues with it in the same scope. */
  const uploadThen = <A, E>(next: Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const storing = yield* Effect.fork(Effect.scoped(Effect.zipRight(server.uploads.adopt(key, file), next)))
      yield* until("the upload is being stored", () => isStoring)
      return storing
    })
  return { server, other, uploadThen, store: Deferred.succeed(gate, undefined) }
})

const aPeriodLater = (server: Process) => Effect.zipRight(TestClock.adjust("11 minutes"), server.upkeep)

const uploadsOf = ({ world }: Process) => Effect.map(world.files, (files) => files.filter((file) => file === key))

const recordsOf = ({ world }: Process) => Array.from(world.state.uploads.values(), ({ abandoned }) => abandoned)

const assertNothingLeft = (server: Process) =>
  Effect.gen(function* () {
    deepStrictEqual(yield* uploadsOf(server), [])
    yield* aPeriodLater(server)
    yield* aPeriodLater(server)
    deepStrictEqual(yield* uploadsOf(server), [])
    deepStrictEqual(recordsOf(server), [])
  })

describe("a file that is stored after upkeep has given its upload up", () => {
  for (const periods of [1, 2]) {
    it.effect(`is removed by the process that stored it, after ${periods} periods of silence`, () =>
      Effect.gen(function* () {
        const { other, store, uploadThen } = yield* aSilentServer
        const storing = yield* uploadThen(Effect.void)
        for (let period = 0; period < periods; period++) yield* aPeriodLater(other)
        deepStrictEqual(recordsOf(other), periods === 1 ? [true] : [])
        yield* store
        yield* Fiber.join(storing)
        yield* assertNothingLeft(other)
      })
    )

    it.effect(`is refused to a video, and removed, after ${periods} periods of silence`, () =>
      Effect.gen(function* () {
        const { other, server, store, uploadThen } = yield* aSilentServer
        const video = server.transcoding.transcodeVideo({ path: key, destination: "videos/cat" })
        const storing = yield* uploadThen(Effect.flip(video))
        for (let period = 0; period < periods; period++) yield* aPeriodLater(other)
        yield* store
        assert.include(String(yield* Fiber.join(storing)), "VideoStore.insert")
        assert.strictEqual(other.world.state.videos.size, 0)
        yield* assertNothingLeft(other)
      })
    )
  }

  it.effect("is removed by upkeep when its process died after that", () =>
    Effect.gen(function* () {
      const { other, store, uploadThen } = yield* aSilentServer
      yield* uploadThen(Effect.never)
      yield* aPeriodLater(other)
      yield* store
      yield* turn
      deepStrictEqual(yield* uploadsOf(other), [key])
      yield* aPeriodLater(other)
      yield* assertNothingLeft(other)
    })
  )
})

it.effect("a file that the storage completes after it reported an error is removed by upkeep", () =>
  Effect.gen(function* () {
    let completeLate: Effect.Effect<unknown, unknown> = Effect.void
    const around: Around = (call, effect) => {
      if (call !== "FileStorage.adopt") return effect
      completeLate = effect as Effect.Effect<unknown, unknown>
      return Effect.fail(portError(call)) as never
    }
    const server = yield* aProcess({ around, settings })
    const adopting = server.uploads.adopt(key, upload(server.world, "cat.mov", Media.aVideo()))
    assert.strictEqual((yield* Effect.flip(Effect.scoped(adopting)))._tag, "FileStorageError")
    yield* completeLate
    deepStrictEqual(yield* uploadsOf(server), [key])
    yield* aPeriodLater(server)
    yield* assertNothingLeft(server)
  }).pipe(Effect.orDie)
)

it.effect("two sweeps of one list leave the record for a second period", () =>
  Effect.gen(function* () {
    const { other, server, uploadThen } = yield* aSilentServer
    yield* uploadThen(Effect.never)
    yield* TestClock.adjust("11 minutes")
    const before = DateTime.subtractDuration(yield* DateTime.now, settings.uploadSilence)
    const [listed] = Array.from(other.world.state.uploads.values())
    assert.isDefined(listed)
    if (listed === undefined) return
    for (const process of [other, server]) yield* process.uploads.sweep(listed, before)
    deepStrictEqual(recordsOf(other), [true])
  })
)
