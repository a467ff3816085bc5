import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Exit, Logger, LogLevel, Redacted, Scope } from "effect"
import { describe } from "vitest"
import { copyDatabase } from "../fixtures/cluster.ts"
import { api } from "./support/Api.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

describe("a database that goes away and comes back", () => {
  it.scopedLive(
    "costs one line each, and no stack trace",
    () =>
      Effect.gen(function* () {
        const directory = join(yield* temporaryFolder, "postgres")
        yield* copyDatabase(directory)
        const port = yield* freePort
        const start = EmbeddedPostgres.start({ directory, fsync: false, port }).pipe(
          Logger.withMinimumLogLevel(LogLevel.Warning)
        )
        const first = yield* Scope.make()
        yield* Effect.addFinalizer(() => Scope.close(first, Exit.void))
        const { url } = yield* Scope.extend(start, first)
        const env = { LOCAL_RUNNER: "off", DATABASE_URL: Redacted.value(url), LOG_FORMAT: "logfmt" }
        const dataDir = join(yield* temporaryFolder, "data")
        const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
        const { send } = api(server.url)

        yield* Scope.close(first, Exit.void)
        yield* until("the outage is logged", server.log, (log) => log.includes("The database does not answer"))
        yield* until("it is not ready", send("/readyz"), ({ status }) => status === 503)
        assert.strictEqual((yield* send("/healthz")).status, 200)
        yield* send("/api/v1/runners/jobs/request", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ runnerToken: "ptrt-unknown" })
        })
        yield* start
        const log = yield* until("it works again", server.log, (text) => text.includes("The database answers again"))
        yield* until("it is ready", send("/readyz"), ({ status }) => status === 200)
        assert.lengthOf([...log.matchAll(/The database does not answer/g)], 1)
        assert.notMatch(log, /^\s+at /m, "no stack trace")
        assert.notInclude(log, "PersistenceError")
      }),
    300_000
  )
})
