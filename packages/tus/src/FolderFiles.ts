import { mkdirSync } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { FileKey, FileNames, FileStorage, Ids } from "@runner-connector/core"
import type { FileStore } from "@tus/file-store"
import { Effect, Option, Schema } from "effect"
import { FolderStore } from "./FolderStore.ts"
import { attempt, FOLDER, type PartialFiles, type PartialUpload, textsOf } from "./PartialFiles.ts"

const keyOf: PartialFiles["keyOf"] = (id, metadata) =>
  FileKey.FileKey.make(`${FOLDER}/${id}/${FileNames.safeNameOf(metadata.filename ?? "")}`)

/** Opens the folder, and creates it first when it is missing. */
const openFolder = (directory: string) =>
  Effect.sync(() => {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return new FolderStore({ directory })
  })

const makeFind =
  (store: FileStore): PartialFiles["find"] =>
  (id) =>
    attempt(async (): Promise<Option.Option<PartialUpload>> => {
      const noted = await store.configstore.get(id)
      if (noted === undefined) return Option.none()
      // The store fails when the file is not there any more.
      const found = await store.getUpload(id).catch(() => undefined)
      const metadata = textsOf(noted.metadata)
      return Option.some({ id, key: keyOf(id, metadata), metadata, size: noted.size, received: found?.offset })
    })

/** The files of unfinished uploads in a folder of this machine. */
export const inFolder = (directory: string): Effect.Effect<PartialFiles, never, FileStorage.FileStorage> =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const store = yield* openFolder(directory)
    const idOf = Schema.decodeOption(Ids.VideoId)
    return {
      store,
      nameOf: (id) => id,
      idOf,
      keyOf,
      keyOfBegun: (id) =>
        Effect.map(
          attempt(async () => store.configstore.get(id)),
          (noted) => Option.map(Option.fromNullable(noted), ({ metadata }) => keyOf(id, textsOf(metadata)))
        ),
      find: makeFind(store),
      all: Effect.map(
        attempt(() => readdir(directory)),
        (names) => [...new Set(names.flatMap((name) => Option.toArray(idOf(name.replace(/\.json$/, "")))))]
      ),
      deliver: ({ id, key }, contentType) => storage.adopt(key, join(directory, id), { contentType }),
      forget: (id) =>
        attempt(async () => {
          for (const name of [id, `${id}.json`]) await rm(join(directory, name), { force: true })
        })
    }
  })
