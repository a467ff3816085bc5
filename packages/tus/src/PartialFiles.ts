import { mkdirSync } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { FileKey, FileNames, FileStorage, Ids } from "@runner-connector/core"
import { FileStore } from "@tus/file-store"
import { Effect, Option, Schema } from "effect"

/** An upload of several requests. Its id is the id of its video. */
export interface PartialUpload {
  readonly id: Ids.VideoId
  /** Where the complete file will be in the storage. */
  readonly key: FileKey.FileKey
  readonly path: string
  /** Bytes of the complete file. Undefined until a client that defers the length declares it. */
  readonly size: number | undefined
  /** Bytes that are stored so far. Undefined when the complete file has left the folder. */
  readonly received: number | undefined
  /** The metadata of the client: `filename`, `filetype` and fields of the host. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The files of unfinished uploads in a folder of this machine. */
export interface PartialFiles {
  readonly store: FileStore
  readonly find: (id: Ids.VideoId) => Effect.Effect<Option.Option<PartialUpload>, FileStorage.FileStorageError>
  readonly all: Effect.Effect<ReadonlyArray<Ids.VideoId>, FileStorage.FileStorageError>
  /** Removes what is left of the upload. */
  readonly forget: (id: Ids.VideoId) => Effect.Effect<void, FileStorage.FileStorageError>
}

/** The folder of the complete files in the storage. */
const FOLDER = "uploads"

const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, FileStorage.FileStorageError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new FileStorage.FileStorageError({ operation: "read", key: FileKey.FileKey.make(FOLDER), cause })
  })

/** The metadata of a client. A key without a value is an empty text. */
export const textsOf = (metadata: Readonly<Record<string, string | null>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, value ?? ""]))

/** Where an upload will be. Its id makes the key unique. */
export const keyOf = (id: Ids.VideoId, metadata: Readonly<Record<string, string>>): FileKey.FileKey =>
  FileKey.FileKey.make(`${FOLDER}/${id}/${FileNames.safeNameOf(metadata.filename ?? "")}`)

/** Opens the folder, and creates it first when it is missing. */
export const makePartialFiles = (directory: string): PartialFiles => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const store = new FileStore({ directory })

  const find = (id: Ids.VideoId) =>
    attempt(async (): Promise<Option.Option<PartialUpload>> => {
      const noted = await store.configstore.get(id)
      if (noted === undefined) return Option.none()
      // The store fails when the file is not there any more.
      const found = await store.getUpload(id).catch(() => undefined)
      const metadata = textsOf(noted.metadata)
      const [key, path] = [keyOf(id, metadata), join(directory, id)]
      return Option.some({ id, key, path, metadata, size: noted.size, received: found?.offset })
    })

  return {
    store,
    find,
    all: Effect.map(
      attempt(() => readdir(directory)),
      (names) => names.flatMap((name) => Option.toArray(Schema.decodeOption(Ids.VideoId)(name.replace(/\.json$/, ""))))
    ).pipe(Effect.map((ids) => [...new Set(ids)])),
    forget: (id) =>
      attempt(async () => {
        for (const name of [id, `${id}.json`]) await rm(join(directory, name), { force: true })
      })
  }
}
