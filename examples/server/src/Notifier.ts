import type { Server } from "node:http"
import type { RunnerNotifier, RunnerStore } from "@runner-connector/core"
import { SocketNotifier } from "@runner-connector/socket"
import { PostgresNotifier } from "@runner-connector/socket/postgres"
import { Effect, Layer, Option } from "effect"
import type { RedisSettings } from "./NotifierSettings.ts"
import { Settings } from "./Settings.ts"
import { Shutdown } from "./Shutdown.ts"

/** The packages of Redis are installed only where a variable names a Redis. */
const overRedis = (server: Server, settings: RedisSettings, options: SocketNotifier.SocketNotifierOptions) =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("@runner-connector/socket/redis")),
      ({ RedisNotifier }) => {
        if (settings.kind === "single") return RedisNotifier.layer(server, { ...settings, ...options })
        const { password, sentinelPassword, username, ...rest } = settings
        return RedisNotifier.layerSentinel(server, {
          ...rest,
          ...options,
          username: Option.getOrUndefined(username),
          password: Option.getOrUndefined(password),
          sentinelPassword: Option.getOrUndefined(sentinelPassword)
        })
      }
    )
  )

/**
 * Pings the runners of all server processes: over Redis if the settings name one, otherwise over the PostgreSQL of
 * DATABASE_URL. A server with an embedded database is alone, and needs neither.
 */
export const layer = (
  server: Server
): Layer.Layer<RunnerNotifier.RunnerNotifier, never, RunnerStore.RunnerStore | Settings | Shutdown> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { databaseUrl, redis, workers } = yield* Settings
      const { moved } = yield* Shutdown
      // The requests of a polling client would reach different workers.
      const options = { closeWhen: moved, transports: workers > 1 ? (["websocket"] as const) : undefined }
      if (Option.isSome(redis)) return overRedis(server, redis.value, options)
      if (Option.isSome(databaseUrl)) return PostgresNotifier.layer(server, { url: databaseUrl.value, ...options })
      return SocketNotifier.layer(server, options)
    })
  )
