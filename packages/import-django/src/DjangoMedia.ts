import type { FileKey, FileStorage } from "@runner-connector/core"
import { Effect, type Option } from "effect"

/** The files of the original, and how they come into the storage of this server. */
export interface DjangoMedia {
  /** The storage named `videos` of the original. Nothing is written there. */
  readonly original: Pick<FileStorage.FileStorage["Type"], "read" | "stat" | "source">
  /** Makes the file readable under the same key in the new storage. Does nothing when both are the same. */
  readonly bring: (key: FileKey.FileKey) => Effect.Effect<void, { readonly message: string }>
}

/** The first of the files that is there, with its size. */
export const findFirst = (
  { original }: DjangoMedia,
  keys: ReadonlyArray<FileKey.FileKey>
): Effect.Effect<
  Option.Option<{ readonly key: FileKey.FileKey; readonly size: number }>,
  FileStorage.FileStorageError
> =>
  Effect.findFirst(keys, (key) =>
    Effect.as(original.stat(key), true).pipe(Effect.catchTag("FileNotFound", () => Effect.succeed(false)))
  ).pipe(
    Effect.flatMap(Effect.transposeMapOption((key) => Effect.map(original.stat(key), ({ size }) => ({ key, size })))),
    Effect.catchTag("FileNotFound", () => Effect.succeedNone)
  )
