import { cpSync } from "node:fs"
import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer, ManagedRuntime } from "effect"
import { afterAll, beforeAll } from "vitest"
import { copyDatabase } from "../../../test/fixtures/cluster.ts"
import { packageFolder } from "../src/binaries.ts"
import { EmbeddedPostgres } from "../src/index.ts"
import { stopOrphan } from "../src/orphans.ts"
import { inRealTime } from "../src/processes.ts"
import { query, type User } from "./holding.ts"

/** Creates a folder for a cluster, owned by the user. At the end a server on it is stopped and the folder is removed. */
export const clusterFolder = (user?: User) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "runner-connector-"))
      if (user !== undefined) await chown(folder, user.uid, user.gid)
      return folder
    }),
    (folder) =>
      inRealTime(Effect.ignoreLogged(stopOrphan(folder, join(folder, "data")))).pipe(
        Effect.zipRight(Effect.promise(() => rm(folder, { recursive: true, force: true, maxRetries: 5 })))
      )
  )

/**
 * PostgreSQL's binaries as npm unpacks them, in a folder that every user may enter. The clone itself may be readable by
 * root alone.
 */
export const readableBinaries = Effect.gen(function* () {
  const folder = yield* clusterFolder()
  const binaries = join(folder, "package", "native")
  const original = yield* packageFolder(folder)
  yield* Effect.promise(async () => {
    await chmod(folder, 0o755)
    await mkdir(dirname(binaries))
    // The asynchronous copy takes seconds for these thousand files.
    cpSync(original, binaries, { recursive: true, verbatimSymlinks: true })
  })
  return { folder, binaries }
})

/** Starts a server without fsync. */
export const start = (directory: string, more: Partial<EmbeddedPostgres.Options> = {}) =>
  EmbeddedPostgres.start({ directory, fsync: false, ...more })

/** A folder with a stopped cluster. */
export const stoppedCluster = Effect.tap(clusterFolder(), copyDatabase)

/** One stopped cluster for all tests of a file. */
export const useStoppedCluster = (): Effect.Effect<string> => {
  const runtime = ManagedRuntime.make(Layer.scoped(Folder, stoppedCluster))
  beforeAll(() => runtime.runtime(), 300_000)
  afterAll(() => runtime.dispose(), 300_000)
  return Effect.provide(Folder, runtime)
}

class Folder extends Context.Tag("test/Folder")<Folder, string>() {}

/** Starts a server in the folder, runs a query and stops it. */
export const assertWorks = (directory: string, more: Partial<EmbeddedPostgres.Options> = {}) =>
  start(directory, more).pipe(
    Effect.flatMap(({ url }) => query(url, "SELECT 1 AS one")),
    Effect.map((rows) => deepStrictEqual(rows, [{ one: 1 }])),
    Effect.scoped
  )

export const isRoot = process.getuid?.() === 0

/** The users that tests can run as. Only root can become another one. */
export const users: ReadonlyArray<readonly [name: string, user: User | undefined]> = isRoot
  ? [
      ["root", undefined],
      ["an ordinary user", { uid: 1, gid: 1 }]
    ]
  : [["an ordinary user", undefined]]
