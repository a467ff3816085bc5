import { mkdir } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { HttpClient, HttpClientRequest } from "@effect/platform"
import type * as NodeContext from "@effect/platform-node/NodeContext"
import type { Runners } from "@runner-connector/core"
import { H3Runners } from "@runner-connector/http-h3"
import type { RunnerWeb } from "@runner-connector/protocol"
import type { LateServers } from "@runner-connector/socket"
import { Effect, Layer } from "effect"
import { nativeCause } from "../errors/fromExit.ts"
import { type ConnectorError, StartFailed } from "../errors/index.ts"
import type { ReadOptions } from "../options/readOptions.ts"
import { dataFolder } from "./database.ts"
import * as Media from "./media.ts"
import { load } from "./optionalPackages.ts"

const startFailed = (error: { readonly message: string; readonly cause?: unknown }): StartFailed =>
  new StartFailed({
    message: `The runner in this process cannot start: ${error.message}`,
    details: { part: "localRunner" },
    cause: nativeCause(error.cause)
  })

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** The public address may not lead here yet, or only from outside. The runner reaches this process directly. */
const shortcut = (publicUrl: URL, origin: string) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      HttpClient.mapRequest((request) =>
        URL.canParse(request.url) && new URL(request.url).origin === publicUrl.origin
          ? HttpClientRequest.setUrl(request, origin + request.url.slice(publicUrl.origin.length))
          : request
      )
    )
  )

const runner = (options: ReadOptions, server: Server) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { InProcessRunner } = yield* load("`localRunner`", () => import("@runner-connector/local-runner"))
      const folder = dataFolder(options)
      yield* Effect.promise(() => mkdir(folder, { recursive: true, mode: 0o700 }))
      const url = new URL(options.publicUrl)
      const concurrency = typeof options.localRunner === "object" ? options.localRunner.concurrency : undefined
      const origin = originOf(server)
      return InProcessRunner.layer({
        ...{ url, concurrency, socketUrl: origin },
        tokenFile: join(folder, "local-runner-token"),
        workDirectory: join(folder, "local-runner"),
        progressInterval: "1 second"
      }).pipe(Layer.mapError(startFailed), Layer.provide(shortcut(url, origin)))
    })
  )

type Needs = Runners.Runners | RunnerWeb.RunnerWeb | NodeContext.NodeContext | HttpClient.HttpClient

/**
 * The runner in this process, when the options ask for it. It uses HTTP and Socket.IO like every runner, over a server on
 * the loopback that only serves the runner API.
 */
export const layer = (
  options: ReadOptions,
  late: LateServers.LateServers
): Layer.Layer<never, ConnectorError, Needs> => {
  if (options.localRunner === undefined || options.localRunner === false) return Layer.empty
  const server = createServer()
  const listening = H3Runners.serve(server, { host: "127.0.0.1", port: 0 }).pipe(
    Layer.merge(Layer.scopedDiscard(late.attach(server))),
    Layer.mapError(startFailed)
  )
  return Layer.suspend(() => runner(options, server)).pipe(
    Layer.provide(Media.engine(options)),
    Layer.provideMerge(listening)
  )
}
