import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { NodeContext } from "@effect/platform-node"
import { FileKey, FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { Context, Effect, Layer, Stream } from "effect"

/** Folders of one test group, removed afterwards. */
export class Workspace extends Context.Tag("test/Workspace")<
  Workspace,
  { readonly root: string; readonly outside: string }
>() {}

const workspace = Layer.scoped(
  Workspace,
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // The real path: where the system's temporary folder is a link, so would be everything below it.
    const base = yield* fs.realPath(yield* fs.makeTempDirectoryScoped({ prefix: "fs-storage-" }))
    yield* fs.makeDirectory(`${base}/outside`)
    return { root: `${base}/storage`, outside: `${base}/outside` }
  })
)

const storage = Layer.unwrapEffect(Effect.map(Workspace, ({ root }) => FsStorage.layer({ root })))

/** A workspace alone, and the machine's file system. */
export const machine = Layer.provideMerge(workspace, NodeContext.layer)

/** A storage in a workspace, on the file system that the change makes of the real one. */
export const storageOn = (
  change: (fs: FileSystem.FileSystem) => FileSystem.FileSystem
): Layer.Layer<FileStorage.FileStorage | Workspace | NodeContext.NodeContext, FsStorage.UnusableRoot | PlatformError> =>
  Layer.provideMerge(
    Layer.provide(storage, Layer.effect(FileSystem.FileSystem, Effect.map(FileSystem.FileSystem, change))),
    machine
  )

export const realStorage: ReturnType<typeof storageOn> = storageOn((fs) => fs)

/** Makes a file in the workspace, outside the storage, and returns its path. */
export const outsideFile = (content: string | Uint8Array, name: string = crypto.randomUUID()) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const place = `${(yield* Workspace).outside}/${name}`
    yield* fs.writeFile(place, typeof content === "string" ? new TextEncoder().encode(content) : content)
    return place
  })

export const inRoot = (key: string) =>
  Effect.map(Effect.all([Workspace, Path.Path]), ([{ root }, path]) => path.join(root, key))

export const key = (value: string): FileKey.FileKey => FileKey.FileKey.make(value)

export const write = (name: string, content: string) =>
  Effect.flatMap(FileStorage.FileStorage, (files) =>
    files.write(key(name), Stream.make(new TextEncoder().encode(content)))
  )

export const read = (name: string) =>
  Effect.flatMap(FileStorage.FileStorage, (files) => Stream.mkString(Stream.decodeText(files.read(key(name)))))
