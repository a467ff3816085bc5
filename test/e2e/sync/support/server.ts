import { join } from "node:path"
import { Effect } from "effect"
import { api } from "../../support/Api.ts"
import * as ExampleServer from "../../support/ExampleServer.ts"
import * as StockRunner from "../../support/stockRunner.ts"
import { freePort, temporaryFolder } from "../../support/workspace.ts"

/** A server without its own runner, and a runner that works like PeerTube's. */
export const makeServer = (env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const server = yield* ExampleServer.start({
      dataDir,
      port: yield* freePort,
      env: { LOCAL_RUNNER: "off", ...env }
    })
    const runner = yield* StockRunner.register(server.url, yield* ExampleServer.registrationToken(server))
    // The administrator sees why a result was refused.
    return { server, runner, client: api(server.url, ExampleServer.keptToken(dataDir)) }
  })
