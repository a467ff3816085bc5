import type { Server } from "node:http"
import { make as makeConsole } from "@runner-connector/console"
import { H3Api, H3Console, H3Playback, H3Runners, type ListenError } from "@runner-connector/http-h3"
import { type ApiWeb, PlaybackWeb, type RunnerWeb } from "@runner-connector/protocol"
import { ApiUploads } from "@runner-connector/tus"
import { Effect, Layer } from "effect"
import type { H3 } from "h3"
import { healthRoutes } from "./HealthRoutes.ts"
import { mount, type Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"
import { metricsRoutes } from "./telemetry/MetricsRoutes.ts"
import * as Traffic from "./telemetry/Traffic.ts"

type NeedsOf<Group> = Group extends Routes<infer R> ? R : never
type Needs =
  | ApiUploads.ApiUploads
  | NeedsOf<typeof healthRoutes>
  | NeedsOf<typeof metricsRoutes>
  | PlaybackWeb.PlaybackWeb
  | ApiWeb.ApiWeb
  | Settings

/** The runner API and the routes of this server. */
export const layer = (server: Server): Layer.Layer<never, ListenError, RunnerWeb.RunnerWeb | Needs> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { host, isOwnHost, maxConnectionsPerAddress, port, publicUrl, shutdownTimeout, trustedProxies } =
        yield* Settings
      const guard = yield* H3Runners.sameOrigin({ publicUrl, isOwnHost })
      const playback = yield* H3Playback.app
      const api = yield* H3Api.app
      const uploads = yield* H3Api.appOf(yield* ApiUploads.ApiUploads)
      const addHealth = yield* mount(healthRoutes)
      const addMetrics = yield* mount(metricsRoutes)
      const mediaOrigins = yield* (yield* PlaybackWeb.PlaybackWeb).mediaOrigins
      const console = yield* H3Console.app(makeConsole({ path: "/console", home: "/", mediaOrigins }))
      const app = (root: H3) => {
        root.use(Traffic.middleware)
        root.use(guard)
        root.mount("/", uploads)
        root.mount("/", playback)
        root.mount("/", api)
        addHealth(root)
        addMetrics(root)
        root.mount("/", console)
      }
      return H3Runners.serve(server, {
        ...{ host, port, app, maxConnectionsPerAddress, trustedProxies },
        stopWithin: shutdownTimeout
      })
    })
  )
