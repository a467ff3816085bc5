import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Option } from "effect"
import type { Routes } from "../routes.ts"
import { Settings } from "../Settings.ts"
import { ofAllWorkers } from "../workers/exchange.ts"
import { JobFigures } from "./JobFigures.ts"
import { ownMetrics } from "./process.ts"
import { contentType, prometheusText } from "./prometheus.ts"

const isLoopback = (address: string): boolean => /^(?:::ffff:)?127\.|^::1$/.test(address)

/** A proxy on this machine forwards the requests of others. */
const isForwarded = ({ headers }: Request): boolean =>
  ["x-forwarded-for", "forwarded", "via", "x-real-ip"].some((name) => headers.has(name))

const checkReader = (request: Request, client: RunnerWeb.RequestContext) =>
  Effect.flatMap(Settings, ({ metricsAccess }) => {
    const isLocal = Option.exists(client.clientAddress, isLoopback) && !isForwarded(request)
    const isFree = metricsAccess === "anybody" || (metricsAccess === "loopback" && isLocal)
    return isFree ? Effect.void : Effect.flatMap(RunnerWeb.RunnerWeb, (web) => web.checkAdministrator(request, client))
  })

/** The metrics of all processes of this server, for Prometheus. */
export const metricsRoutes: Routes<JobFigures | Settings | RunnerWeb.RunnerWeb> = [
  {
    method: "GET",
    path: "/metrics",
    answer: (request, _, client) =>
      Effect.gen(function* () {
        yield* checkReader(request, client)
        yield* (yield* JobFigures).refresh
        const text = prometheusText(yield* ofAllWorkers(ownMetrics))
        return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } })
      })
  }
]
