import { assert, it } from "@effect/vitest"
import { Effect, Layer, Stream, TestClock } from "effect"
import * as ConnectorConfig from "../../src/config/ConnectorConfig.ts"
import { FileKey } from "../../src/domain/FileKey.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import * as MemoryDisk from "../../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../../src/ports/memory/MemoryFileStorage.ts"
import * as MemoryMediaCutter from "../../src/ports/memory/MemoryMediaCutter.ts"
import * as MemoryMediaProbe from "../../src/ports/memory/MemoryMediaProbe.ts"
import * as MemoryMediaRemuxer from "../../src/ports/memory/MemoryMediaRemuxer.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import * as RunnerNotifier from "../../src/ports/RunnerNotifier.ts"
import * as RunnerConnector from "../../src/RunnerConnector.ts"
import * as Media from "../../src/testing/media.ts"
import { JobAdmin } from "../../src/usecases/admin/JobAdmin.ts"
import { Transcoding } from "../../src/usecases/video/Transcoding.ts"

const Config = ConnectorConfig.layer({ publicUrl: new URL("https://media.example") })
const Files = Layer.mergeAll(
  MemoryFileStorage.layer,
  MemoryMediaProbe.layer,
  MemoryMediaRemuxer.layer,
  MemoryMediaCutter.layer
).pipe(Layer.provide(MemoryDisk.layer))

/** All that a host with the in-memory twins writes. */
const Connector = RunnerConnector.layer.pipe(
  Layer.provideMerge(Files),
  Layer.provide([MemoryStores.layer, RunnerNotifier.layerSilent, Config])
)

it.effect("stands on the twins in a few lines", () =>
  Effect.gen(function* () {
    const storage = yield* FileStorage
    yield* storage.write(FileKey.make("uploads/cat.mov"), Stream.make(Media.aVideo()))
    const { transcodeVideo } = yield* Transcoding
    const video = yield* transcodeVideo({ path: "uploads/cat.mov", destination: "videos/cat" })
    const jobs = yield* (yield* JobAdmin).ofVideo(video.id)
    assert.lengthOf(jobs, 3)
  }).pipe(Effect.provide(Connector))
)

it.effect("keeps up by itself for as long as the layer lives, and not longer", () =>
  Effect.gen(function* () {
    const { count, notifier } = yield* RunnerNotifier.makeCounting
    const world = RunnerConnector.layer.pipe(
      Layer.provideMerge(Files),
      Layer.provide([MemoryStores.layer, Layer.succeed(RunnerNotifier.RunnerNotifier, notifier), Config])
    )
    yield* Effect.gen(function* () {
      const storage = yield* FileStorage
      yield* storage.write(FileKey.make("uploads/cat.mov"), Stream.make(Media.aVideo()))
      const { transcodeVideo } = yield* Transcoding
      yield* transcodeVideo({ path: "uploads/cat.mov", destination: "videos/cat" })
      const before = yield* count
      yield* TestClock.adjust("30 seconds")
      // One call in each of three rounds, and a reminder in each second.
      assert.strictEqual(yield* count, before + 3 + 30)
    }).pipe(Effect.provide(world))
    const after = yield* count
    yield* TestClock.adjust("1 minute")
    assert.strictEqual(yield* count, after)
  })
)

it("does not compile without a port", () => {
  type Complete = Layer.Layer<RunnerConnector.UseCases>
  const complete: Complete = Connector
  const withoutStores = RunnerConnector.layer.pipe(
    Layer.provide(Files),
    Layer.provide([RunnerNotifier.layerSilent, Config])
  )
  const withoutFiles = RunnerConnector.layer.pipe(
    Layer.provide([MemoryStores.layer, RunnerNotifier.layerSilent, Config])
  )
  const withoutNotifier = RunnerConnector.layer.pipe(Layer.provide(Files), Layer.provide([MemoryStores.layer, Config]))
  const withoutConfig = RunnerConnector.layer.pipe(
    Layer.provide(Files),
    Layer.provide([MemoryStores.layer, RunnerNotifier.layerSilent])
  )
  // @ts-expect-error JobStore, RunnerStore and VideoStore are missing
  const one: Complete = withoutStores
  // @ts-expect-error FileStorage and MediaProbe are missing
  const two: Complete = withoutFiles
  // @ts-expect-error RunnerNotifier is missing
  const three: Complete = withoutNotifier
  // @ts-expect-error ConnectorConfig is missing
  const four: Complete = withoutConfig
  for (const layer of [complete, one, two, three, four]) assert.isTrue(Layer.isLayer(layer))
})
