import { NodeContext } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import {
  ConnectorConfig,
  CustomUploads,
  FileStorage,
  JobAdmin,
  PublicOrigin,
  WaitingFiles
} from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Layer, Option } from "effect"

const { aHeldJob, aRunner, aWaitingJob, resultParts, stateOf, stored, tokenParts } = Wire.Arrange
const { assertDone, assertProblem, formBytes, formType, postForm, postJson, request, send } = Wire.Client

type Storage = FileStorage.FileStorage["Type"]

/** A world whose wire uses another storage than the rest. */
const world = (change: (storage: Storage) => Storage, settings: Partial<ConnectorConfig.ConnectorSettings> = {}) => {
  const config = ConnectorConfig.layer({ publicUrl: new URL(Wire.World.origin), rateLimit: 0, ...settings })
  const storage = Layer.effect(FileStorage.FileStorage, Effect.map(FileStorage.FileStorage, change))
  const web = RunnerWeb.layer.pipe(
    Layer.provide(Layer.fresh(CustomUploads.layer)),
    Layer.provide([storage, config, NodeContext.layer])
  )
  const carrier = Effect.map(
    RunnerWeb.RunnerWeb,
    ({ handle }) =>
      (one: Request) =>
        Effect.runPromise(handle(one))
  )
  return Wire.reachedBy(carrier).pipe(Layer.provide(web), Layer.provideMerge(Wire.World.layer()))
}

const bring = (url: string | undefined, part: Wire.Client.Part) =>
  send(() =>
    request(new URL(String(url)).pathname, {
      method: "PUT",
      headers: { "content-type": formType() },
      body: formBytes([["file", part[1], part[2] ?? "", part[3] ?? ""]])
    })
  )

const remote = (storage: Storage): Storage => ({
  ...storage,
  source: (key) =>
    Effect.as(storage.stat(key), FileStorage.MediaSource.Url({ url: new URL(`https://store.example/${key}`) }))
})

it.effect("copies an uploaded file from a remote storage for its result", () =>
  Effect.gen(function* () {
    const { id, path, tokens, uploads } = yield* aHeldJob()
    const [video, playlist] = resultParts()
    assert.isDefined(video)
    assert.isDefined(playlist)
    assertDone(yield* bring(uploads.videoFile, video))
    assertDone(yield* bring(uploads.resolutionPlaylistFile, playlist))
    assertDone(yield* postForm(`${path}/success`, tokenParts(tokens)))
    assert.strictEqual(yield* stateOf(id), "Completed")
  }).pipe(Effect.provide(world(remote, { customUploads: true })))
)

/** Cancels the job at the moment its file is stored. */
const cancelling =
  (late: { cancel: Effect.Effect<void> }) =>
  (storage: Storage): Storage => ({
    ...storage,
    adopt: (...file) => Effect.zipRight(late.cancel, storage.adopt(...file))
  })

it.effect("removes a file that is stored just after its attempt ended", () => {
  const late = { cancel: Effect.void as Effect.Effect<void> }
  return Effect.gen(function* () {
    const { id, uploads } = yield* aHeldJob()
    const job = yield* stored(id)
    const admin = yield* JobAdmin.JobAdmin
    late.cancel = Effect.orDie(admin.cancel(job.id))
    const [video] = resultParts()
    assert.isDefined(video)
    assertProblem(yield* bring(uploads.videoFile, video), 404)
    const storage = yield* FileStorage.FileStorage
    const [key] = WaitingFiles.waitingKeys(yield* stored(id))
    assert.isDefined(key)
    assert.strictEqual((yield* Effect.flip(storage.stat(key)))._tag, "FileNotFound")
  }).pipe(Effect.provide(world(cancelling(late), { customUploads: true })))
})

it.effect("are neither offered nor accepted unless they are enabled", () =>
  Effect.gen(function* () {
    const { path, uploads } = yield* aHeldJob()
    deepStrictEqual(uploads, {})
    const [video] = resultParts()
    assert.isDefined(video)
    const url = `${Wire.World.origin}${path}/uploads/${"0".repeat(64)}/videoFile`
    assertProblem(yield* bring(url, video), 404)
  }).pipe(Effect.provide(world((storage) => storage)))
)

it.effect("and all other URLs of the payload use the public URL of the video", () =>
  Effect.gen(function* () {
    const publicUrl = Option.some(PublicOrigin.PublicOrigin.make("https://runners.example"))
    const runner = yield* aRunner
    const { path } = yield* aWaitingJob({ publicUrl }, { publicUrl })
    const { text } = yield* postJson(`${path}/accept`, { runnerToken: runner.runnerToken })
    const urls = [...text.matchAll(/"(https?:\/\/[^/"]+)/g)].map(([, origin]) => origin)
    assert.isAtLeast(urls.length, 3)
    deepStrictEqual(new Set(urls), new Set(["https://runners.example"]))
  }).pipe(Effect.provide(world((storage) => storage, { customUploads: true })))
)
