import { chmodSync, statSync } from "node:fs"
import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { Effect, Layer } from "effect"
import { inRoot, key, machine, outsideFile, Workspace, write } from "./workspace.ts"

const storageWith = (readableByOthers?: boolean) =>
  Layer.provideMerge(
    Layer.unwrapEffect(Effect.map(Workspace, ({ root }) => FsStorage.layer({ root, readableByOthers }))),
    machine
  )

const modeOf = (name: string) => Effect.map(inRoot(name), (place) => (statSync(place).mode & 0o777).toString(8))

const modes = Effect.gen(function* () {
  const files = yield* FileStorage.FileStorage
  yield* write("videos/cat/written.mp4", "bytes")
  const open = yield* outsideFile("bytes")
  chmodSync(open, 0o666)
  yield* files.adopt(key("videos/cat/adopted.mp4"), open)
  return yield* Effect.all({
    files: Effect.forEach(["videos/cat/written.mp4", "videos/cat/adopted.mp4"], modeOf),
    folders: Effect.forEach(["", ".tmp", "videos", "videos/cat"], modeOf)
  })
})

it.scoped("FsStorage: only the owner may read files and folders", () =>
  Effect.gen(function* () {
    const found = yield* modes
    deepStrictEqual(found, { files: ["600", "600"], folders: ["700", "700", "700", "700"] })
  }).pipe(Effect.provide(storageWith()))
)

it.scoped("FsStorage: others may read them when the host says so", () =>
  Effect.gen(function* () {
    const found = yield* modes
    const masked = (mode: number) => (mode & ~process.umask()).toString(8)
    const folder = masked(0o755)
    deepStrictEqual(found, { files: [masked(0o644), "644"], folders: [folder, folder, folder, folder] })
  }).pipe(Effect.provide(storageWith(true)))
)
