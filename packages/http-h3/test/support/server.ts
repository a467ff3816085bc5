import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { RunnerWeb } from "@runner-connector/core/protocol"
import { Effect, Layer, type Scope } from "effect"
import { H3Runners, type ListenError } from "../../src/index.ts"

/** The runner routes on a free port of this machine, until the scope ends. */
export const aServer = (
  options: Partial<H3Runners.ServeOptions> = {}
): Effect.Effect<{ readonly port: number }, ListenError, RunnerWeb.RunnerWeb | Scope.Scope> =>
  Effect.gen(function* () {
    const server = createServer()
    yield* Layer.build(H3Runners.serve(server, { port: 0, host: "127.0.0.1", ...options }))
    return { port: (server.address() as AddressInfo).port }
  })
