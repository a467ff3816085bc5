import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { rename } from "node:fs/promises"
import { join } from "node:path"
import { EmbeddedPostgres } from "@runner-connector/persistence-sql"
import { Effect, Logger, LogLevel } from "effect"
import { sharedFolder } from "./sharedFolder.ts"

/** Whole or not at all: another worker may be making it, or have made it by now. */
const make = async (): Promise<string> => {
  const whole = join(sharedFolder(), "postgres")
  if (existsSync(whole)) return whole
  const directory = `${whole}-${process.pid}`
  const once = EmbeddedPostgres.start({ directory, fsync: false }).pipe(Effect.scoped, Effect.asVoid)
  await Effect.runPromise(Logger.withMinimumLogLevel(once, LogLevel.Warning))
  await rename(directory, whole).catch((cause) => {
    if (!existsSync(whole)) throw cause
  })
  return whole
}

let made: Promise<string> | undefined

/**
 * Puts an empty database into a new data folder, as the server makes one on its first start: that takes a second of the
 * processor each time, a copy next to nothing.
 */
export const withDatabase = (dataDir: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    const place = join(dataDir, "postgres")
    if (existsSync(place)) return
    made ??= make()
    const original = await made
    mkdirSync(dataDir, { recursive: true })
    const { status, stderr } = spawnSync("cp", ["-Rp", original, place], { encoding: "utf8" })
    if (status !== 0) throw new Error(`The database could not be copied: ${stderr}`)
  })
