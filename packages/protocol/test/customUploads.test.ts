import { NodeContext } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts"
import { ConnectorConfig, CustomUploads, FileStorage, JobAdmin, WaitingFiles } from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Layer } from "effect"

const { aHeldJob, resultParts, stateOf, stored, tokenParts } = Wire.Arrange
const { assertDone, assertProblem, formBytes, formType, postForm, request, send } = Wire.Client

type Storage = FileStorage.FileStorage["Type"]

/** A world whose wire, and what brings files there, sees another storage than everything else. */
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

it.effect("what waits in a storage that is no disk of ours is fetched for its result", () =>
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

/** The job is cancelled at the very moment at which the file gets into the storage. */
const cancelling =
  (late: { cancel: Effect.Effect<void> }) =>
  (storage: Storage): Storage => ({
    ...storage,
    adopt: (...file) => Effect.zipRight(late.cancel, storage.adopt(...file))
  })

it.effect("nothing stays of what gets into the storage just after its try has ended", () => {
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

it.effect("are offered to nobody, and taken from nobody, unless they are switched on", () =>
  Effect.gen(function* () {
    const { path, uploads } = yield* aHeldJob()
    deepStrictEqual(uploads, {})
    const [video] = resultParts()
    assert.isDefined(video)
    const url = `${Wire.World.origin}${path}/uploads/${"0".repeat(64)}/videoFile`
    assertProblem(yield* bring(url, video), 404)
  }).pipe(Effect.provide(world((storage) => storage)))
)
