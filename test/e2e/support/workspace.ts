import { mkdir, mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { Effect, type Scope } from "effect"
import { freePort as takePort } from "../../fixtures/freePort.mjs"

/** A folder that is deleted with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "runner-connector-e2e-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
)

/** Every file below the folder with its size, sorted. Empty when the folder does not exist. */
export const filesBelow = (folder: string): Effect.Effect<ReadonlyArray<readonly [name: string, size: number]>> =>
  Effect.promise(async () => {
    const names = await readdir(folder, { recursive: true }).catch(() => [])
    const found = await Promise.all(
      names.map(async (name) => {
        const info = await stat(join(folder, name)).catch(() => undefined)
        return info?.isFile() ? [[name, info.size] as const] : []
      })
    )
    return found.flat().sort(([a], [b]) => (a < b ? -1 : 1))
  })

/** A free port that no other test run or worker has. */
export const freePort: Effect.Effect<number> = Effect.promise(takePort)

const programs = ["node", "npm", "npx", "sh", "env"]

/** A PATH with Node, but without FFmpeg and PostgreSQL. */
export const barePath: Effect.Effect<string, never, Scope.Scope> = Effect.flatMap(temporaryFolder, (folder) =>
  Effect.promise(async () => {
    const places = (process.env.PATH ?? "").split(delimiter)
    await mkdir(join(folder, "bin"))
    for (const program of programs) {
      for (const place of places) {
        const target = join(place, program)
        if (!(await stat(target).catch(() => undefined))?.isFile()) continue
        await symlink(target, join(folder, "bin", program))
        break
      }
    }
    return join(folder, "bin")
  })
)
