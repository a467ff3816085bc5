import { NodeContext } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { ConnectorConfig, FileKey, FileStorage, VideoStore } from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/protocol"
import { Duration, Effect, Layer, Option, Stream } from "effect"

const { aHeldJob } = Wire.Arrange
const { postJson } = Wire.Client

/** The storage, as if another server served its files. */
const withAddresses = Layer.effect(
  FileStorage.FileStorage,
  Effect.map(FileStorage.FileStorage, (storage) => ({
    ...storage,
    downloadUrl: (key, { expiresIn }) =>
      Effect.as(
        storage.stat(key),
        key.endsWith(".jpg")
          ? Option.none()
          : Option.some(new URL(`https://store.example/${key}?until=${Duration.toMinutes(expiresIn)}`))
      )
  }))
)

const world = (redirectDownloads: boolean) => {
  const config = ConnectorConfig.layer({ publicUrl: new URL(Wire.World.origin), rateLimit: 0, redirectDownloads })
  const web = RunnerWeb.layer.pipe(Layer.provide([withAddresses, config, NodeContext.layer]))
  const carrier = Effect.map(
    RunnerWeb.RunnerWeb,
    ({ handle }) =>
      (one: Request) =>
        Effect.runPromise(handle(one))
  )
  return Wire.reachedBy(carrier).pipe(Layer.provide(web), Layer.provideMerge(Wire.World.layer()))
}

const downloads = Effect.gen(function* () {
  const held = yield* aHeldJob()
  const storage = yield* FileStorage.FileStorage
  const file = `${held.path}/files/videos/${held.videoId}/max-quality`
  const whole = yield* postJson(file, held.tokens)
  const part = yield* postJson(file, held.tokens, { range: "bytes=0-1" })
  const stranger = yield* postJson(file, { ...held.tokens, jobToken: "ptrjt-none" })
  const key = Option.getOrThrow(held.video.sourceKey)
  yield* storage.remove(key)
  const vanished = yield* postJson(file, held.tokens)
  return { key, whole, statuses: [whole, part, stranger, vanished].map(({ status }) => status) }
})

it.effect("redirects permitted downloads to the storage, temporarily, if enabled", () =>
  Effect.gen(function* () {
    const { key, statuses, whole } = yield* downloads
    deepStrictEqual(statuses, [302, 302, 404, 404])
    deepStrictEqual(whole.headers.get("location"), `https://store.example/${key}?until=10`)
    deepStrictEqual([whole.headers.get("cache-control"), whole.text], ["no-store", ""])
  }).pipe(Effect.provide(world(true)))
)

it.effect("does not redirect unless enabled", () =>
  Effect.gen(function* () {
    const { statuses } = yield* downloads
    deepStrictEqual(statuses, [200, 206, 404, 404])
  }).pipe(Effect.provide(world(false)))
)

it.effect("serves files itself if the storage has no URL for them", () =>
  Effect.gen(function* () {
    const held = yield* aHeldJob()
    const key = FileKey.FileKey.make(`videos/${held.videoId}/picture.jpg`)
    const storage = yield* FileStorage.FileStorage
    yield* storage.write(key, Stream.make(new TextEncoder().encode("a picture")))
    const videos = yield* VideoStore.VideoStore
    yield* videos.save({ ...held.video, thumbnailKey: Option.some(key) }, [])
    const path = `${held.path}/files/videos/${held.videoId}/thumbnails/max-quality`
    const { status, text } = yield* postJson(path, held.tokens)
    deepStrictEqual([status, text], [200, "a picture"])
  }).pipe(Effect.provide(world(true)))
)
