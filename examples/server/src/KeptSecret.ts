import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Redacted } from "effect"
import { Settings } from "./Settings.ts"

/** A secret of the data folder. */
export interface KeptSecret {
  readonly value: Redacted.Redacted<string>
  /** Whether it was created just now. */
  readonly isNew: boolean
}

/** Reads the secret from a file of the data folder. Creates both at the first start, readable by the server's user only. */
export const keptSecret = (
  name: string,
  make: Effect.Effect<string>
): Effect.Effect<KeptSecret, PlatformError, Settings | FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { dataDir } = yield* Settings
    const fs = yield* FileSystem.FileSystem
    const file = (yield* Path.Path).join(dataDir, name)
    const kept = (yield* fs.exists(file)) ? (yield* fs.readFileString(file)).trim() : ""
    if (kept !== "") return { value: Redacted.make(kept), isNew: false }
    const made = yield* make
    yield* fs.makeDirectory(dataDir, { recursive: true })
    yield* fs.writeFileString(file, `${made}\n`, { mode: 0o600 })
    return { value: Redacted.make(made), isNew: true }
  })
