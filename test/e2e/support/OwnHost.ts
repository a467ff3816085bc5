import { createServer } from "node:http"
import { join } from "node:path"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { ConnectorConfig, ConnectorHooks, RunnerConnector, Runners } from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { H3Runners } from "@runner-connector/http-h3"
import { LocalRunner } from "@runner-connector/local-runner"
import { SqlStores } from "@runner-connector/persistence-sql"
import * as Probe from "@runner-connector/probe/auto"
import { RunnerWeb } from "@runner-connector/protocol"
import { SocketNotifier } from "@runner-connector/socket"
import { FsStorage } from "@runner-connector/storage-fs"
import { Context, Effect, Exit, Layer, Logger, LogLevel, Scope } from "effect"
import { type H3, HTTPResponse } from "h3"
import { Engine } from "./clips.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/** Every hook call, one line each: the hook, the video's number, and the resolution if there is one. */
export class Heard extends Context.Tag("e2e/Heard")<Heard, Array<string>>() {
  static readonly layer = Layer.sync(Heard, (): Array<string> => [])
}

const hooks = Layer.unwrapEffect(
  Effect.map(Heard, (heard) => {
    const note = (line: string) => Effect.sync(() => void heard.push(line))
    return ConnectorHooks.layer({
      renditionReady: (video, file) => note(`rendition ${video.number} ${file.resolution}`),
      videoPlayable: (video) => note(`playable ${video.number}`),
      transcodingEnded: (video) => note(`ended ${video.number} ${video.state}`)
    })
  })
)

/** The answer to each request: method, end of the path, status. */
export class Answered extends Context.Tag("e2e/Answered")<Answered, Array<string>>() {
  static readonly layer = Layer.sync(Answered, (): Array<string> => [])
}

/** The host's own PostgreSQL. Tests can stop and restart it. */
export class Database extends Context.Tag("e2e/Database")<
  Database,
  { readonly stop: Effect.Effect<void>; readonly start: Effect.Effect<void> }
>() {}

/** The host's data folder. */
export class Folder extends Context.Tag("e2e/Folder")<Folder, string>() {}

const stores = (directory: string) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const port = yield* freePort
      let scope = yield* Scope.make()
      const open = Effect.suspend(() =>
        EmbeddedPostgres.start({ directory, port, fsync: false }).pipe(Scope.extend(scope), Effect.orDie)
      )
      const stop = Effect.suspend(() => Scope.close(scope, Exit.void))
      yield* Effect.addFinalizer(() => stop)
      const { url } = yield* open
      const start = Effect.gen(function* () {
        scope = yield* Scope.make()
        yield* open
      })
      return SqlStores.layer.pipe(
        Layer.provide(PgClient.layer({ url, maxConnections: 10 })),
        Layer.merge(Layer.succeed(Database, { start, stop }))
      )
    })
  )

/** Registers this many runners, each with its own registration token. */
export const runners = (count: number, url: string, folder: string) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { createRegistrationToken } = yield* Runners.Runners
      const layers = yield* Effect.forEach(
        Array.from({ length: count }, (_, n) => `runner ${n + 1}`),
        (name) =>
          Effect.map(createRegistrationToken(), ({ registrationToken }) =>
            LocalRunner.layer({
              url,
              registration: { registrationToken, name },
              workDirectory: join(folder, name),
              progressInterval: "500 millis",
              retryDelay: "100 millis",
              concurrency: 1
            })
          )
      )
      return layers.reduce<Layer.Layer<never, LocalRunner.LocalRunnerError, LocalRunner.Environment>>(
        (all, one) => Layer.merge(all, one),
        Layer.empty
      )
    })
  )

const noting = (answered: Array<string>) => (app: H3) =>
  void app.use(async (event, next) => {
    const response = await next()
    const { pathname } = new URL(event.req.url)
    if (response instanceof Response || response instanceof HTTPResponse) {
      answered.push(`${event.req.method} ${pathname.split("/").at(-1)} ${response.status}`)
    }
    return response
  })

/** A host that composes the packages itself, with its own database and folder, and with running runners. */
export const layer = (options: {
  readonly runners: number
  readonly resolutions: ReadonlyArray<144 | 240 | 360>
  readonly settings?: Partial<ConnectorConfig.ConnectorSettings>
  /** Warnings and errors, unless the test expects them. */
  readonly logLevel?: LogLevel.LogLevel
}) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const port = yield* freePort
      const url = `http://127.0.0.1:${port}`
      const server = createServer()
      const config = ConnectorConfig.layer({
        publicUrl: new URL(url),
        transcoding: {
          ...ConnectorConfig.defaults.transcoding,
          resolutions: options.resolutions,
          alwaysTranscodeOriginalResolution: true
        },
        ...options.settings
      })
      const wire = Layer.unwrapEffect(
        Effect.map(Answered, (answered) =>
          H3Runners.serve(server, { host: "127.0.0.1", port, app: noting(answered) }).pipe(
            Layer.provide(RunnerWeb.layerWith({ spoolDirectory: join(folder, "spool") }))
          )
        )
      )
      return runners(options.runners, url, folder).pipe(
        Layer.provideMerge(wire),
        Layer.provideMerge(RunnerConnector.layer),
        Layer.provideMerge(
          Layer.mergeAll(FsStorage.layer({ root: join(folder, "storage") }), Probe.layer, SocketNotifier.layer(server))
        ),
        Layer.provideMerge(stores(join(folder, "postgres"))),
        Layer.provideMerge(Layer.mergeAll(config, hooks, Engine, NodeContext.layer, NodeHttpClient.layer)),
        Layer.provideMerge(Layer.mergeAll(Heard.layer, Answered.layer, Layer.succeed(Folder, folder))),
        Layer.provide(Logger.minimumLogLevel(options.logLevel ?? LogLevel.Warning))
      )
    })
  )
