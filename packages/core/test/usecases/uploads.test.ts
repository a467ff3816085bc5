import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Deferred, Duration, Effect, Exit, Fiber, Scope, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import { store, takeIn } from "../support/actions.ts"
import { makeWatch } from "../support/calls.ts"
import { injectFaults } from "../support/injectFaults.ts"
import { type Around, aProcess, type Process, startProcess } from "../support/Process.ts"
import { upload } from "../support/results.ts"
import { turn } from "../support/time.ts"
import { key, takeUpload, uploadScenario } from "../support/uploadScenario.ts"

const isStored = (server: Process) => Effect.map(server.world.files, (files) => files.includes(key))

describe("an upload", () => {
  it.effect("stays when a video refers to it, and its record ends", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeUpload(server)
      assert.strictEqual(server.world.state.uploads.size, 0)
      yield* TestClock.adjust("1 day")
      yield* server.upkeep
      assert.isTrue(yield* isStored(server))
    })
  )

  it.effect("is removed at once when its scope ends without a video", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* Effect.scoped(server.uploads.adopt(key, upload(server.world, "cat.mov", Media.aVideo())))
      assert.isFalse(yield* isStored(server))
      yield* TestClock.adjust("11 minutes")
      yield* server.upkeep
      assert.strictEqual(server.world.state.uploads.size, 0)
    })
  )

  it.effect("is removed by any process when its own has died, and not while that lives", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { uploadSilence: Duration.minutes(10) } })
      const scope = yield* Scope.make()
      const file = upload(server.world, "cat.mov", Media.aVideo())
      yield* Scope.extend(server.uploads.adopt(key, file), scope)
      const other = yield* startProcess(server.world)
      for (let minutes = 0; minutes < 60; minutes += 5) {
        yield* TestClock.adjust("5 minutes")
        yield* other.upkeep
      }
      assert.isTrue(yield* isStored(server))
      yield* Scope.close(scope, Exit.void)

      const dead = FileKey.make("uploads/2/cat.mov")
      const now = yield* DateTime.now
      server.world.state.uploads.set(dead, { key: dead, abandoned: false, createdAt: now, updatedAt: now })
      yield* store(server.world, dead, Media.aVideo())
      yield* TestClock.adjust("11 minutes")
      yield* other.upkeep
      assert.notInclude(yield* server.world.files, dead)
    })
  )

  it.effect("is not referred to by a video that comes after the upload was given up", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const other = yield* startProcess(server.world)
      watch.breakDown((call) => call === "UploadStore.touch")
      const late = Effect.gen(function* () {
        yield* server.uploads.adopt(key, upload(server.world, "cat.mov", Media.aVideo()))
        yield* TestClock.adjust("11 minutes")
        yield* other.upkeep
        return yield* Effect.flip(server.transcoding.transcodeVideo({ path: key, destination: "videos/cat" }))
      }).pipe(Effect.scoped)
      assert.strictEqual((yield* late)._tag, "VideoFileNotFound")
      assert.strictEqual(server.world.state.videos.size, 0)
    })
  )
})

describe("a caller that goes away while its upload is being recorded", () => {
  it.effect("leaves no file, and a record for its second removal", () =>
    Effect.gen(function* () {
      const recorded = yield* Deferred.make<void>()
      let isRecorded = false
      const around: Around = (call, effect) =>
        call === "UploadStore.insert"
          ? Effect.zipLeft(
              effect,
              Effect.suspend(() => {
                isRecorded = true
                return Deferred.await(recorded)
              })
            )
          : effect
      const server = yield* aProcess({ around })
      const file = upload(server.world, "cat.mov", Media.aVideo())
      const adopting = yield* Effect.fork(Effect.scoped(server.uploads.adopt(key, file)))
      yield* until("the upload was recorded", () => isRecorded)
      const leaving = yield* Effect.fork(Fiber.interrupt(adopting))
      yield* turn
      yield* Deferred.succeed(recorded, undefined)
      yield* Fiber.join(leaving)
      deepStrictEqual(
        Array.from(server.world.state.uploads.values(), ({ abandoned }) => abandoned),
        [true]
      )
      assert.isFalse(yield* isStored(server))
      deepStrictEqual(yield* server.uploads.handOver([key], Effect.succeed), [])
    })
  )
})

injectFaults([uploadScenario], "quick")

it.effect("no thumbnail stays when the database was away while a video was taken in", () =>
  Effect.gen(function* () {
    const watch = makeWatch()
    const server = yield* aProcess(watch)
    yield* takeIn(server)
    const before = yield* server.world.files
    for (let videos = 0; videos < 18; videos++) {
      watch.breakDown((call) => call.startsWith("VideoStore.") || call === "UploadStore.abandon")
      yield* Effect.exit(
        server.transcoding.transcodeVideo({ path: "uploads/cat.mov", destination: `videos/${videos}` })
      )
      watch.breakDown(() => false)
    }
    yield* TestClock.adjust("20 minutes")
    yield* server.upkeep
    deepStrictEqual(yield* server.world.files, before)
  })
)
