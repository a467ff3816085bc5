import { mkdir, mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { Effect, type Scope } from "effect"
import { sharedFolder } from "../../fixtures/sharedFolder.ts"

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

/**
 * A port range for this process, below the system's ephemeral ports, so that no other process takes a server's port
 * while it starts or after it was killed.
 */
const PORTS_PER_PROCESS = 200
let lastPort = 20_000 + (process.pid % 60) * PORTS_PER_PROCESS

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

/** The workers of one run record their ports, because the ranges of two processes may overlap. */
const take = async (port: number): Promise<boolean> => {
  const ports = join(sharedFolder(), "ports")
  await mkdir(ports, { recursive: true })
  return await mkdir(join(ports, String(port))).then(
    () => true,
    () => false
  )
}

/** A free port that no other worker has. */
export const freePort: Effect.Effect<number> = Effect.promise(async () => {
  for (;;) {
    lastPort += 1
    // Reserved before the first yield, because another fiber may allocate a port concurrently.
    const port = lastPort
    if ((await take(port)) && (await isFree(port))) return port
  }
})

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
