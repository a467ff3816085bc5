// The connector as a host composes it, with nothing else: PostgreSQL, files in a folder or a bucket, h3, Socket.IO.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import {
  ConnectorConfig,
  JobStore,
  Overview,
  OverviewStore,
  RunnerConnector,
  type RunnerJob,
  type RunnerNotifier,
  Transcoding
} from "@runner-connector/core"
import { H3Runners } from "@runner-connector/http-h3"
import { SqlStores } from "@runner-connector/persistence-sql"
import * as Probe from "@runner-connector/probe/auto"
import { RunnerWeb } from "@runner-connector/protocol"
import { SocketNotifier } from "@runner-connector/socket"
import { FsStorage } from "@runner-connector/storage-fs"
import { S3Storage } from "@runner-connector/storage-s3"
import { Config, DateTime, Duration, Effect, Layer, Logger, LogLevel, Runtime } from "effect"
import { sayReady } from "./children.ts"
import { offer } from "./offer.ts"
import { traced } from "./trace.ts"
import { observe, record } from "./wire/recorder.ts"

const server = createServer()
const port = Number(process.env.PORT)
const folder = String(process.env.FOLDER)

type Message =
  | Transcoding.TranscodeVideo
  | { readonly offer: number }
  | { readonly record: boolean }
  | { readonly list: ReadonlyArray<RunnerJob.JobState> }
  | "memory"
  | "overview"

if (process.env.RECORD !== undefined) observe()

type Needs = Transcoding.Transcoding | JobStore.JobStore | OverviewStore.OverviewStore | RunnerNotifier.RunnerNotifier

/** The milliseconds that the first page of an administrator's list takes. */
const list = (states: ReadonlyArray<RunnerJob.JobState>) =>
  Effect.gen(function* () {
    const jobs = yield* JobStore.JobStore
    const sort = { by: "createdAt", descending: true } as const
    const filter = { start: 0, count: 15, sort, ...(states.length === 0 ? {} : { states }) }
    const [elapsed] = yield* Effect.timed(jobs.list(filter))
    return Duration.toMillis(elapsed)
  })

/** The milliseconds that the figures of an operator take with the series of a week, all read from the database. */
const overview = Effect.gen(function* () {
  const store = yield* OverviewStore.OverviewStore
  const hour = DateTime.startOf(yield* DateTime.now, "hour")
  yield* store.keepHours({ since: DateTime.subtract(hour, { days: 8 }), before: hour })
  const read = Effect.flatMap(Overview.Overview, ({ read }) => read("week"))
  const [elapsed] = yield* Effect.timed(Effect.provide(read, Layer.fresh(Overview.layer)))
  return Duration.toMillis(elapsed)
})

/** The benchmark submits videos and jobs by message, as an application does by a function call. */
const Ready = Layer.scopedDiscard(
  Effect.gen(function* () {
    const runtime = yield* Effect.runtime<Needs>()
    const { transcodeVideo } = yield* Transcoding.Transcoding
    const answer = (message: Message) => {
      if (message === "memory") return Effect.void
      if (message === "overview") {
        return Effect.map(overview, (value) => void process.send?.({ kind: "overview", value }))
      }
      if ("record" in message) {
        return Effect.sync(() => void process.send?.({ kind: "recording", value: record(message.record) }))
      }
      if ("list" in message) {
        return Effect.map(list(message.list), (value) => void process.send?.({ kind: "listed", value }))
      }
      return "offer" in message
        ? Effect.map(offer(message.offer), (value) => void process.send?.({ kind: "offered", value }))
        : Effect.map(transcodeVideo(message), (video) => void process.send?.({ kind: "video", value: video.id }))
    }
    process.on("message", (message: Message) => void Runtime.runPromise(runtime)(answer(message)))
    sayReady((server.address() as AddressInfo).port)
  })
)

Ready.pipe(
  Layer.provide(H3Runners.serve(server, { host: "127.0.0.1", port })),
  Layer.provide(RunnerWeb.layerWith({ spoolDirectory: `${folder}/spool` })),
  Layer.provide(RunnerConnector.layer),
  Layer.provide(SocketNotifier.layer(server)),
  Layer.provide([
    process.env.S3_BUCKET === undefined ? FsStorage.layer({ root: `${folder}/storage` }) : S3Storage.layerConfig(),
    Probe.layer,
    ConnectorConfig.layer({ publicUrl: new URL(`http://127.0.0.1:${port}`) })
  ]),
  Layer.provide(SqlStores.layer),
  Layer.provide(PgClient.layerConfig({ url: Config.redacted("DATABASE_URL"), maxConnections: Config.succeed(20) })),
  Layer.provide(NodeContext.layer),
  Layer.provide(Logger.minimumLogLevel(LogLevel.Error)),
  Layer.provide(traced("server")),
  Layer.launch,
  NodeRuntime.runMain
)
