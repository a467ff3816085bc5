import { mkdirSync, writeFileSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { LocalDisk } from "@runner-connector/storage-fs/testing"
import { Effect, Layer } from "effect"
import type { Files } from "../../../core/test/support/World.ts"

/** What is put on it is on the real disk. */
class RealDisk extends LocalDisk {
  override set(path: string, bytes: Uint8Array): this {
    writeFileSync(path, bytes)
    return this
  }
}

/** The files of a server of this name: its storage is a folder that it shares with the others. */
export const sharedFiles = (folder: string, name: string): Effect.Effect<Files> =>
  Effect.gen(function* () {
    const uploads = join(folder, name)
    mkdirSync(uploads)
    const layer = Layer.provide(FsStorage.layer({ root: join(folder, "storage") }), NodeContext.layer)
    return { storage: yield* Effect.provide(FileStorage.FileStorage, layer), disk: new RealDisk(), uploads }
  }).pipe(Effect.orDie)

/** The keys of all files that stand in the shared storage. */
export const storedKeys = (folder: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise(async () => {
    const root = join(folder, "storage")
    const found = await readdir(root, { recursive: true, withFileTypes: true })
    return found
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name).slice(root.length + 1))
      .filter((key) => !key.startsWith(".tmp/"))
      .sort()
  }).pipe(
    // A folder can vanish while it is looked at.
    Effect.retry({ times: 100 }),
    Effect.orDie
  )
