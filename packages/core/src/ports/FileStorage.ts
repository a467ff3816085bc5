import { Context, Data, type Duration, type Effect, type Option, Schema, type Scope, type Stream } from "effect"
import { FileKey } from "../domain/FileKey.ts"

/** There is no file under this key. */
export class FileNotFound extends Schema.TaggedError<FileNotFound>()("FileNotFound", { key: FileKey }) {
  override get message(): string {
    return `There is no file ${this.key} in storage`
  }
}

/** The storage failed. Retrying later may help. */
export class FileStorageError extends Schema.TaggedError<FileStorageError>()("FileStorageError", {
  operation: Schema.Literal("write", "adopt", "read", "stat", "remove", "removeFolder", "downloadUrl", "source"),
  key: FileKey,
  cause: Schema.Defect
}) {
  override get message(): string {
    return `Storage failed to ${this.operation} ${this.key}`
  }
}

/** The input of a probe: a local path, or a URL that supports Range requests. */
export type MediaSource = Data.TaggedEnum<{ Path: { readonly path: string }; Url: { readonly url: URL } }>
export const MediaSource = Data.taggedEnum<MediaSource>()

export interface FileStat {
  /** Bytes. */
  readonly size: number
  /** Changes whenever the content may have changed. A plain string without the quotes of an HTTP ETag. */
  readonly etag: string
}

/** First and last byte, both included, both within the file. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Stores sources, renditions, playlists and pictures. A file exists whole or not at all. */
export class FileStorage extends Context.Tag("@runner-connector/core/FileStorage")<
  FileStorage,
  {
    /** Writes the whole content, or leaves the previous content. No reader ever sees a part of it. */
    readonly write: <E, R>(
      key: FileKey,
      content: Stream.Stream<Uint8Array, E, R>,
      options?: { readonly contentType?: string | undefined }
    ) => Effect.Effect<void, E | FileStorageError, R>

    /**
     * Moves a local file into the storage, whole or not at all. The path no longer exists afterwards. May be a rename.
     */
    readonly adopt: (
      key: FileKey,
      path: string,
      options?: { readonly contentType?: string | undefined }
    ) => Effect.Effect<void, FileStorageError>

    /** The bytes of the file, or of the range. */
    readonly read: (key: FileKey, range?: ByteRange) => Stream.Stream<Uint8Array, FileNotFound | FileStorageError>

    readonly stat: (key: FileKey) => Effect.Effect<FileStat, FileNotFound | FileStorageError>

    /** Removes the file. A missing file is no error. */
    readonly remove: (key: FileKey) => Effect.Effect<void, FileStorageError>

    /**
     * Removes every file below the folder and none beside it. A file under this very key is not removed. A file that is
     * written there meanwhile may stay. A missing folder is no error.
     */
    readonly removeFolder: (folder: FileKey) => Effect.Effect<void, FileStorageError>

    /**
     * A URL that allows downloads without credentials for a limited time. None when the host must send the bytes
     * itself.
     */
    readonly downloadUrl: (
      key: FileKey,
      options: { readonly expiresIn: Duration.Duration }
    ) => Effect.Effect<Option.Option<URL>, FileNotFound | FileStorageError>

    /** The file as input of a probe, for the lifetime of the scope. */
    readonly source: (key: FileKey) => Effect.Effect<MediaSource, FileNotFound | FileStorageError, Scope.Scope>
  }
>() {}
