import { FileSystem } from "@effect/platform"
import { type FileKey, FileStorage, spanned } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import { failed, isAbsent } from "./errors.ts"
import type { Root } from "./Root.ts"
import { readChunks } from "./readChunks.ts"

interface FoundFile {
  readonly place: string
  readonly info: FileSystem.File.Info
}

/** The half of the storage that changes nothing. */
export interface FileReader extends Pick<FileStorage.FileStorage["Type"], "read" | "stat"> {
  /** Finds the regular file of the key and its real path. Ignores pipes and devices, since opening one can block forever. */
  readonly find: (
    operation: FileStorage.FileStorageError["operation"],
    key: FileKey.FileKey
  ) => Effect.Effect<FoundFile, FileStorage.FileNotFound | FileStorage.FileStorageError>
}

/** Every write creates a new inode with its own time, so one of the two changes even within a millisecond. */
const etagOf = (info: FileSystem.File.Info): string =>
  [
    info.size,
    Option.match(info.mtime, { onNone: () => 0, onSome: (time) => time.getTime() }),
    Option.getOrElse(info.ino, () => 0)
  ]
    .map((part) => part.toString(16))
    .join("-")

export const makeFileReader = (root: Root): Effect.Effect<FileReader, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) => {
    const find: FileReader["find"] = (operation, key) =>
      Effect.gen(function* () {
        const place = yield* root.locate(key)
        const info = yield* fs.stat(place)
        return Option.liftPredicate({ place, info }, ({ info }) => info.type === "File")
      }).pipe(
        // A volume that is not mounted has no files either. That is an error, not an absent file.
        Effect.catchIf(isAbsent, () => Effect.as(fs.access(root.mark), Option.none<FoundFile>())),
        Effect.mapError(failed(operation, key)),
        Effect.flatMap(Option.match({ onNone: () => new FileStorage.FileNotFound({ key }), onSome: Effect.succeed }))
      )

    return {
      find,
      stat: spanned("FsStorage.stat")(function* (key) {
        const { info } = yield* find("stat", key)
        return { size: Number(info.size), etag: etagOf(info) } satisfies FileStorage.FileStat
      }),
      read: (key, range) =>
        Stream.unwrap(
          Effect.map(find("read", key), ({ place }) =>
            Stream.mapError(readChunks(fs, place, range), (error) =>
              isAbsent(error) ? new FileStorage.FileNotFound({ key }) : failed("read", key)(error)
            )
          )
        )
    }
  })
