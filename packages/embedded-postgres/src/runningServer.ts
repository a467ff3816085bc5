import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Redacted } from "effect"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

/** The line of PostgreSQL's pid file that contains the port. */
const PORT_LINE = 3

/** The address of the server that another process of this machine runs on the folder. */
export const addressOfRunning = (directory: string): Effect.Effect<Redacted.Redacted<string>, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const pidFile = yield* attempt(directory, "Looking for the running server", () =>
      readFile(join(directory, "data", "postmaster.pid"), "utf8")
    )
    const password = yield* attempt(directory, "Reading the password", () =>
      readFile(join(directory, "password"), "utf8")
    )
    const port = Number(pidFile.split("\n")[PORT_LINE])
    if (!Number.isInteger(port) || port <= 0) {
      const detail = "the process that has the folder has not started its server yet: try again in a moment"
      return yield* new EmbeddedPostgresError({ reason: "FolderInUse", directory, detail })
    }
    return Redacted.make(`postgres://postgres:${password.trim()}@127.0.0.1:${port}/postgres`)
  })
