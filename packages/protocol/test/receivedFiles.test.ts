import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import {
  ConnectorConfig,
  FileKey,
  FileStorage,
  MemoryDisk,
  MemoryFileStorage,
  type ReceivedResult,
  Resumption
} from "@runner-connector/core"
import { Effect, Layer, Option, Scope, Stream } from "effect"
import * as Spool from "../src/body/Spool.ts"
import { resumeReceived } from "../src/uploads/receivedFiles.ts"

const attemptId = "00000000-0000-4000-8000-000000000001"
const job = aJob({ state: "Completing", attemptId: Option.some(attemptId), uploads: ["vttFile"] })

const storage = Layer.provide(MemoryFileStorage.layer, MemoryDisk.layer)
const config = ConnectorConfig.layer({ publicUrl: new URL("https://media.example") })

/** What the loop of a server that was started with this spool folder passes to `resume`. */
const findFilesOf = (folder: string) =>
  Effect.gen(function* () {
    const spool = yield* Spool.make(Option.some(folder))
    const passed: Array<Resumption.FindFiles> = []
    const resume = (find: Resumption.FindFiles) => Effect.sync(() => void passed.push(find))
    yield* Effect.provideService(resumeReceived({ spool }), Resumption.Resumption, { resume })
    yield* Effect.yieldNow()
    const [find] = passed
    return find ?? (yield* Effect.dieMessage("nothing was resumed"))
  })

/** A process that received a file and died: its scope never ends. */
const receivedBefore = (folder: string, text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const spool = yield* Effect.provideService(Spool.make(Option.some(folder)), Scope.Scope, yield* Scope.make())
    const { path } = yield* Effect.scoped((yield* spool.folder).create)
    yield* fs.writeFileString(path, text)
    return { path, filename: null, contentType: "video/mp4", size: text.length }
  })

const textOf = (find: Option.Option<Resumption.FoundFiles>, name: string) =>
  Effect.gen(function* () {
    const file = Option.getOrThrow(find).files[name]
    assert.isDefined(file)
    return yield* Stream.mkString(Stream.decodeText(file.content))
  })

it.scoped(
  "finds received files after a restart, spooled or uploaded before the result, and removes the spooled ones",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const files = yield* FileStorage.FileStorage
      const folder = yield* fs.makeTempDirectoryScoped({ prefix: "received-" })
      const videoFile = yield* receivedBefore(folder, "video")
      const waiting = FileKey.FileKey.make(`custom-uploads/${attemptId}-vttFile`)
      yield* files.write(waiting, Stream.encodeText(Stream.make("WEBVTT")))
      const vttFile = { ...videoFile, path: `${folder}/gone`, size: 6 }
      const find = yield* findFilesOf(folder)

      const received = { fields: {}, files: { videoFile, vttFile } } satisfies ReceivedResult.ReceivedResult
      const found = yield* find(job, received)
      deepStrictEqual([yield* textOf(found, "videoFile"), yield* textOf(found, "vttFile")], ["video", "WEBVTT"])
      yield* Option.getOrThrow(found).letGo
      assert.isTrue(yield* fs.exists(videoFile.path))
      yield* Option.getOrThrow(found).release
      assert.isFalse(yield* fs.exists(videoFile.path))
      assert.strictEqual((yield* files.stat(waiting)).size, 6)
    }).pipe(Effect.provide([NodeContext.layer, storage, config]))
)

it.scoped("finds nothing when a file is missing, cut off or of somebody else", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "received-" })
    const videoFile = yield* receivedBefore(folder, "video")
    yield* fs.writeFileString(`${folder}/other`, "video")
    const find = yield* findFilesOf(folder)
    const none = { ...job, uploads: [] }
    for (const file of [
      { ...videoFile, size: 6 },
      { ...videoFile, path: `${folder}/other` }
    ]) {
      assert.isTrue(Option.isNone(yield* find(none, { fields: {}, files: { videoFile: file } })))
    }
    const half = { fields: {}, files: { videoFile, vttFile: { ...videoFile, path: `${folder}/gone` } } }
    assert.isTrue(Option.isNone(yield* find(none, half)))
    assert.isTrue(yield* fs.exists(videoFile.path))
  }).pipe(Effect.provide([NodeContext.layer, storage, config]))
)
