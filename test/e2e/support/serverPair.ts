import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Redacted } from "effect"
import * as ExampleServer from "./ExampleServer.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

type Env = Readonly<Record<string, string>>

/** Two servers with a runner each, one shared database and one shared folder, unless the variables name a bucket. */
export const serverPair = (firstEnv: Env = {}, secondEnv: Env = {}) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { url } = yield* EmbeddedPostgres.start({ directory: join(folder, "postgres"), fsync: false })
    const env = {
      DATABASE_URL: Redacted.value(url),
      // Longer than the debounce interval of pings.
      RUNNER_UPKEEP_INTERVAL: "1500 millis",
      RUNNER_VOD_SILENCE: "8 seconds",
      RUNNER_COMPLETION_SILENCE: "2 seconds",
      RUNNER_RESUME_WINDOW: "2 seconds",
      TRANSCODING_RESOLUTIONS_144P: "true",
      TRANSCODING_RESOLUTIONS_240P: "true"
    }
    const storage = join(folder, "storage")
    const serverOn = (name: string, more: Env) =>
      Effect.gen(function* () {
        const dataDir = join(folder, name)
        yield* Effect.promise(async () => {
          await mkdir(dataDir)
          await symlink(storage, join(dataDir, "storage"))
        })
        return yield* ExampleServer.start({ dataDir, port: yield* freePort, env: { ...env, ...more } })
      })
    yield* Effect.promise(() => mkdir(storage))
    const servers = [serverOn("first", firstEnv), serverOn("second", secondEnv)] as const
    const [first, second] = yield* Effect.all(servers, { concurrency: 2 })
    return { folder, first, second, databaseUrl: url }
  })
