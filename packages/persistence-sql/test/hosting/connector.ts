import { PgClient } from "@effect/sql-pg"
import {
  ConnectorConfig,
  EventCursor,
  EventStore,
  FileKey,
  FileStorage,
  MemoryDisk,
  MemoryFileStorage,
  MemoryMediaCutter,
  MemoryMediaProbe,
  MemoryMediaRemuxer,
  RunnerConnector,
  RunnerNotifier
} from "@runner-connector/core"
import { Context, Effect, Layer, Logger, Queue, Stream } from "effect"
import { SqlStores } from "../../src/index.ts"

/** What the application can see of the connector from outside. */
export class Outside extends Context.Tag("test/Outside")<
  Outside,
  {
    /** One for each ping of runners. */
    readonly pings: Queue.Queue<void>
    readonly log: Array<string>
    /** The keys of all files in storage. */
    readonly files: Effect.Effect<ReadonlyArray<string>>
  }
>() {}

/** Remembers every key under which a file was ever stored. */
const watched = (storage: FileStorage.FileStorage["Type"], keys: Set<FileKey.FileKey>): typeof storage => ({
  ...storage,
  write: (key, content, options) => {
    keys.add(key)
    return storage.write(key, content, options)
  }
})

const Watched = Layer.effectContext(
  Effect.gen(function* () {
    const [keys, log] = [new Set<FileKey.FileKey>(), [] as string[]]
    const pings = yield* Queue.unbounded<void>()
    const storage = watched(yield* FileStorage.FileStorage, keys)
    const files = Effect.suspend(() => Effect.filter([...keys], (key) => Effect.isSuccess(storage.stat(key))))
    return Context.make(FileStorage.FileStorage, storage).pipe(
      Context.add(Outside, { pings, log, files }),
      Context.add(RunnerNotifier.RunnerNotifier, {
        availableJobs: (demands) => (demands.length === 0 ? Effect.void : Effect.asVoid(Queue.offer(pings, undefined))),
        recall: () => Effect.void,
        connected: Effect.succeed([]),
        runnerRemoved: () => Effect.void
      })
    )
  })
).pipe(Layer.provide(MemoryFileStorage.layer))

const Collected = Layer.unwrapEffect(
  Effect.map(Outside, ({ log }) =>
    Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ message }) => void log.push(String(message)))
    )
  )
)

const Adapters = Layer.mergeAll(
  MemoryMediaProbe.layer,
  MemoryMediaRemuxer.layer,
  MemoryMediaCutter.layer,
  Watched
).pipe(Layer.provide(MemoryDisk.layer))

/** The ports over PostgreSQL, with the client of the host. */
export const ports = Collected.pipe(
  Layer.provideMerge(Layer.mergeAll(SqlStores.layerStores, Adapters)),
  Layer.provideMerge(ConnectorConfig.layer({ publicUrl: new URL("https://media.example") }))
)

/** The use cases of another process over the same ports. */
export const anotherProcess = Layer.fresh(RunnerConnector.layerUseCases)

/** A table of the host. */
export const hostTable = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql`CREATE TABLE IF NOT EXISTS host_order (id text PRIMARY KEY, video_id uuid)`
)

/** Stores a source file as the twin of the probe reads it. */
export const storeSource = (key: string) =>
  Effect.flatMap(FileStorage.FileStorage, (storage) =>
    storage.write(
      FileKey.FileKey.make(key),
      Stream.encodeText(
        Stream.make(
          JSON.stringify({
            format: { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "60" },
            streams: [
              { codec_type: "video", codec_name: "h264", width: 640, height: 360, avg_frame_rate: "30/1" },
              { codec_type: "audio", codec_name: "aac" }
            ]
          })
        )
      )
    )
  )

/** The types of all events that can be read now. */
export const readableEvents = Effect.flatMap(EventStore.EventStore, (store) =>
  Effect.map(store.after(EventCursor.start, 100), (events) => events.map(({ type }) => type))
)

/** Waits until exactly these files are in storage, and no upload is in progress. */
export const untilFiles = (...keys: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { files } = yield* Outside
    const expected = [...keys].sort().join()
    yield* sql`SELECT key FROM runner_connector.upload WHERE NOT abandoned`.pipe(
      Effect.zipWith(files, (open, found) => open.length === 0 && [...found].sort().join() === expected),
      Effect.repeat({ until: (isSo) => isSo })
    )
  })
