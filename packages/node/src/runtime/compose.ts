import { join } from "node:path"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { PgClient } from "@effect/sql-pg"
import {
  ConnectorConfig,
  FileStorage,
  JobType,
  MediaDelivery,
  MediaProbe,
  MediaRemuxer,
  RunnerConnector,
  RunnerNotifier,
  Stores
} from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/protocol"
import { type LateServers, SocketNotifier } from "@runner-connector/socket"
import { PostgresNotifier } from "@runner-connector/socket/postgres"
import { Webhooks } from "@runner-connector/webhooks"
import { Context, Effect, Layer, Redacted } from "effect"
import { type ConnectorError, StartFailed } from "../errors/index.ts"
import { coreJobType } from "../jobTypes/coreJobType.ts"
import type { ReadOptions } from "../options/readOptions.ts"
import * as Access from "./access.ts"
import * as Api from "./api.ts"
import * as Database from "./database.ts"
import * as Hooks from "./hooks.ts"
import * as LocalRunners from "./localRunner.ts"
import * as Logging from "./logging.ts"
import * as Media from "./media.ts"
import { load } from "./optionalPackages.ts"
import * as Playback from "./playback.ts"
import * as Storage from "./storage.ts"
import * as Uploads from "./uploads.ts"

/** What runs in a connector. */
export type Services =
  | RunnerConnector.UseCases
  | RunnerConnector.Ports
  | RunnerWeb.RunnerWeb
  | ConnectorConfig.ConnectorConfig
  | NodeContext.NodeContext

type Host = Context.Context<never>

/** What a connector shares with the process around it. */
export interface Process {
  readonly late: LateServers.LateServers
  /** Aborted when the connector begins to close. */
  readonly closing: AbortSignal
  /** Aborted when the streams of events that are open now must end. */
  readonly streams: () => AbortSignal
}

/** Whether the layer of the host provides all of these. */
const provides = (host: Host, ...tags: ReadonlyArray<{ readonly key: string }>): boolean =>
  tags.every(({ key }) => host.unsafeMap.has(key))

const clientOf = (host: Host): PgClient.PgClient | undefined =>
  provides(host, PgClient.PgClient) ? Context.unsafeGet(host, PgClient.PgClient) : undefined

/** Processes with one external database ping each other's runners over it. One with an embedded database is alone. */
const notifier = ({ database, redis }: ReadOptions, { server }: LateServers.LateServers) => {
  if (redis !== undefined) {
    return Layer.unwrapEffect(
      Effect.map(
        load("The option `redis`", () => import("@runner-connector/socket/redis")),
        ({ RedisNotifier }) => RedisNotifier.layer(server, { url: Redacted.make(redis) })
      )
    )
  }
  return database === undefined
    ? SocketNotifier.layer(server)
    : PostgresNotifier.layer(server, { url: Redacted.make(database) })
}

/** The adapters of the options. Those of the host take their places. */
const adapters = (options: ReadOptions, late: LateServers.LateServers, host: Host) => {
  const none = Layer.empty as Layer.Layer<never>
  const own = <A, E, R>(layer: Layer.Layer<A, E, R>, ...tags: ReadonlyArray<{ readonly key: string }>) =>
    provides(host, ...tags) ? (none as unknown as Layer.Layer<A, E, R>) : layer
  const files = Layer.merge(
    own(Storage.layer(options), FileStorage.FileStorage),
    own(Media.probe(options), MediaProbe.MediaProbe, MediaRemuxer.MediaRemuxer)
  )
  const stores = own(Database.layer(options, clientOf(host)), ...Stores.tags)
  const given = Layer.succeedContext(host) as Layer.Layer<RunnerConnector.Ports>
  const pings = own(notifier(options, late), RunnerNotifier.RunnerNotifier)
  return Layer.merge(files, Layer.provideMerge(pings, Layer.merge(stores, given))).pipe(Layer.merge(given))
}

const config = ({ core, plan, publicUrl, transcoding }: ReadOptions) =>
  ConnectorConfig.layer({
    ...core,
    publicUrl: new URL(publicUrl),
    plan: { ...ConnectorConfig.defaults.plan, ...plan },
    transcoding: { ...ConnectorConfig.defaults.transcoding, ...transcoding }
  })

const delivery = (options: ReadOptions, host: Host) =>
  provides(host, MediaDelivery.MediaDelivery)
    ? Layer.succeed(
        MediaDelivery.MediaDelivery,
        Context.unsafeGet(host as Context.Context<MediaDelivery.MediaDelivery>, MediaDelivery.MediaDelivery)
      )
    : Storage.delivery(options)

/** Received files are stored by a rename where they are on the disk of the storage. */
const web = (options: ReadOptions, host: Host) =>
  Layer.mapError(
    provides(host, FileStorage.FileStorage)
      ? RunnerWeb.layer
      : RunnerWeb.layerWith({ spoolDirectory: join(Database.dataFolder(options), "spool") }),
    ({ cause, message }) => new StartFailed({ message, details: { part: "spool" }, cause })
  )

const composed = (options: ReadOptions, { closing, late, streams }: Process, host: Host) =>
  LocalRunners.layer(options, late).pipe(
    Layer.provideMerge(Uploads.layer(options)),
    Layer.provideMerge(Api.layer(options, () => AbortSignal.any([closing, streams()]))),
    Layer.provideMerge(
      Layer.merge(web(options, host), Layer.provide(Playback.layer(options.playback), delivery(options, host)))
    ),
    Layer.provide(Access.layer(options)),
    Layer.merge(Webhooks.layer({ allowPrivateAddresses: options.webhooks?.allowPrivateAddresses === true })),
    Layer.provideMerge(
      RunnerConnector.layerWith({ jobTypes: [...JobType.builtIn, ...(options.jobTypes ?? []).map(coreJobType)] })
    ),
    Layer.provide(Hooks.layer(options.on)),
    Layer.provideMerge(Layer.merge(adapters(options, late, host), config(options))),
    Layer.provideMerge(Layer.merge(NodeContext.layer, NodeHttpClient.layer))
  )

/** Everything of a connector. Its start fails with an error for applications. */
export const layer = (options: ReadOptions, process: Process): Layer.Layer<Services, ConnectorError> => {
  const host = (options.layer ?? Layer.empty) as Layer.Layer<never, unknown>
  const failed = (cause: unknown) =>
    new StartFailed({
      message: `The layer of the application failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      details: { part: "layer" },
      cause
    })
  return Layer.mapError(host, failed).pipe(
    Layer.flatMap((given) => composed(options, process, given)),
    Layer.provide(Logging.layer(options))
  )
}
