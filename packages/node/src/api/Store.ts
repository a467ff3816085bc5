import type { Bytes } from "./Bytes.ts"
import type { CallOptions } from "./CallOptions.ts"

/** What is known of bytes that are stored. */
export interface StoreOptions extends CallOptions {
  /** The name that the user knows, such as `cat.mov`. It ends the path in a safe form. Default: the name of a `File`. */
  readonly fileName?: string | undefined
  /** The path in the storage. Default: a new one in the folder `uploads`. */
  readonly path?: string | undefined
  readonly contentType?: string | undefined
}

/** A stored file. */
export interface StoredFile {
  /** The path in the storage, for `transcodeVideo({ path })` and the files of edits. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/**
 * Stores a file of the application, such as the intro of an edit. The file is there whole when the promise resolves, and
 * not at all when it rejects. It belongs to the application: the connector does not remove it, except as a file of an
 * edit.
 */
export type Store = (bytes: Bytes, options?: StoreOptions) => Promise<StoredFile>
