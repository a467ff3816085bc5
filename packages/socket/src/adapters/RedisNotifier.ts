import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import type { RunnerNotifier, RunnerStore } from "@runner-connector/core"
import { createAdapter } from "@socket.io/redis-adapter"
import { Effect, type Layer, Redacted, type Scope } from "effect"
import { type RedisOptions as AllOptions, Redis } from "ioredis"
import * as SocketNotifier from "../SocketNotifier.ts"
import { makeOutage, type Outage } from "./outage.ts"

type RedisOptions = Omit<AllOptions, "replyMapping">

interface CommonOptions extends SocketNotifier.SocketNotifierOptions {
  /**
   * Begins the names of the channels. Default: `runner-connector`. Installations that share a Redis need different
   * ones, because channels do not belong to one of its databases.
   */
  readonly prefix?: string | undefined
}

/** A single Redis. */
export interface RedisNotifierOptions extends CommonOptions {
  /** Such as `redis://user:password@host:6379`, or `rediss://…` with TLS. */
  readonly url: Redacted.Redacted<string>
}

/** A Redis whose master is found by Sentinel. */
export interface SentinelNotifierOptions extends CommonOptions {
  readonly sentinels: ReadonlyArray<{ readonly host: string; readonly port: number }>
  /** The name of the master in the configuration of Sentinel. */
  readonly master: string
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
  /** The password of Sentinel itself. */
  readonly sentinelPassword?: Redacted.Redacted<string> | undefined
}

const CONNECT_TIMEOUT = 5000
const COMMAND_TIMEOUT = 5000
const CLOSE_TIMEOUT = "1 second"
const LONGEST_PAUSE = 2000

/** A working connection receives the messages of this process every two seconds. */
const SILENCE = 15_000

const common: RedisOptions = {
  connectTimeout: CONNECT_TIMEOUT,
  keepAlive: 10_000,
  retryStrategy: (attempts) => Math.min(attempts * 100, LONGEST_PAUSE)
}

/** Fails at once while the connection is lost, because messages are hints and must not pile up. */
const publishing: RedisOptions = { ...common, enableOfflineQueue: false, commandTimeout: COMMAND_TIMEOUT }

const subscribing: RedisOptions = { ...common, maxRetriesPerRequest: null, socketTimeout: SILENCE }

/** The commands that the adapter sends. It ignores their promises, and an unhandled rejection would end the process. */
const commands = ["publish", "subscribe", "psubscribe", "unsubscribe", "punsubscribe"] as const

const withoutRejections = (client: Redis, outage: Outage): Redis => {
  for (const command of commands) {
    const send = client[command].bind(client) as (...args: Array<unknown>) => Promise<unknown>
    Object.assign(client, {
      [command]: (...args: Array<unknown>) =>
        send(...args).then(
          (result) => {
            outage.up()
            return result
          },
          // A lost connection is reported by its own event.
          (error) => client.status === "ready" && outage.down(error)
        )
    })
  }
  return client
}

type Connect = (options: RedisOptions) => Redis

interface Opening {
  readonly connect: Connect
  readonly options: RedisOptions
  readonly outageOf: (part: string) => Outage
  readonly name: string
}

const open = ({ connect, name, options, outageOf }: Opening) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const connection = outageOf(`connection for ${name}`)
      const client = connect(options)
      client.on("error", connection.down)
      client.on("ready", connection.up)
      return withoutRejections(client, outageOf(name))
    }),
    (client) =>
      Effect.tryPromise(() => client.quit()).pipe(
        Effect.interruptible,
        Effect.timeout(CLOSE_TIMEOUT),
        Effect.ignore,
        Effect.ensuring(Effect.sync(() => client.disconnect()))
      )
  )

const adapter = (connect: Connect, { prefix = "runner-connector" }: CommonOptions) =>
  Effect.gen(function* () {
    const outageOf = yield* makeOutage("Redis")
    const publisher = yield* open({ connect, outageOf, options: publishing, name: "publishing" })
    const subscriber = yield* open({ connect, outageOf, options: subscribing, name: "subscribing" })
    return createAdapter(publisher, subscriber, { key: prefix })
  })

type Given<E, R> = HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>

/**
 * Pings runners of all processes that use the same Redis. Nothing is stored in it. Keeps two connections to it. While
 * Redis is away, each process pings its own runners.
 */
export const layer = <E = never, R = never>(
  server: Given<E, R>,
  options: RedisNotifierOptions
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> =>
  SocketNotifier.layerWithAdapter(
    server,
    adapter((given) => new Redis(Redacted.value(options.url), given), options),
    options
  )

/** Like `layer`, with the master that Sentinel names. Follows the master after a failover. */
export const layerSentinel = <E = never, R = never>(
  server: Given<E, R>,
  options: SentinelNotifierOptions
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> => {
  const { master: name, password, sentinelPassword, sentinels, username } = options
  const access: RedisOptions = {
    sentinels: [...sentinels],
    name,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Redacted.value(password) }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword: Redacted.value(sentinelPassword) })
  }
  return SocketNotifier.layerWithAdapter(
    server,
    adapter((given) => new Redis({ ...access, ...given }), options),
    options
  )
}
