import { FileKey, FileStorage, type Ids, type Persistence } from "@runner-connector/core"
import type { DataStore } from "@tus/server"
import { Effect, type Option } from "effect"

/** An upload of several requests. Its id is the id of its video. */
export interface PartialUpload {
  readonly id: Ids.VideoId
  /** Where the complete file will be in the storage. */
  readonly key: FileKey.FileKey
  /** Bytes of the complete file. Undefined until a client that defers the length declares it. */
  readonly size: number | undefined
  /** Bytes that are stored so far. Undefined when the complete file has been delivered. */
  readonly received: number | undefined
  /** The metadata of the client: `filename`, `filetype` and fields of the host. */
  readonly metadata: Readonly<Record<string, string>>
}

type Failure = FileStorage.FileStorageError

/** Where the files of unfinished uploads are. */
export interface PartialFiles {
  readonly store: DataStore
  /** The name of an upload in the store. */
  readonly nameOf: (id: Ids.VideoId) => string
  /** The id in a name of the store. None for names of other files. */
  readonly idOf: (name: string) => Option.Option<Ids.VideoId>
  /** Where a new upload will be in the storage. Its id makes the key unique. */
  readonly keyOf: (id: Ids.VideoId, metadata: Readonly<Record<string, string>>) => FileKey.FileKey
  /** Where a begun upload will be in the storage. */
  readonly keyOfBegun: (id: Ids.VideoId) => Effect.Effect<Option.Option<FileKey.FileKey>, Failure>
  readonly find: (id: Ids.VideoId) => Effect.Effect<Option.Option<PartialUpload>, Failure>
  readonly all: Effect.Effect<ReadonlyArray<Ids.VideoId>, Failure | Persistence.PersistenceError>
  /** Moves the complete file to its key in the storage. */
  readonly deliver: (upload: PartialUpload, contentType: string) => Effect.Effect<void, Failure>
  /** Removes what is left of the upload here. A delivered file stays. */
  readonly forget: (id: Ids.VideoId) => Effect.Effect<void, Failure>
}

/** The folder of the complete files in the storage. */
export const FOLDER = "uploads"

/** Runs a call of a store. */
export const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, Failure> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new FileStorage.FileStorageError({ operation: "read", key: FileKey.FileKey.make(FOLDER), cause })
  })

/** The metadata of a client. A key without a value is an empty text. */
export const textsOf = (metadata: Readonly<Record<string, string | null>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, value ?? ""]))
