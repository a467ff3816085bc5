import { Effect } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { Uploads } from "../video/Uploads.ts"

const MP4 = "video/mp4"

/** Stores a cut file under a new name. Its upload record protects the file until a video refers to it. */
export const makeStore = Effect.map(
  Uploads,
  (uploads) => (key: FileKey, path: string) =>
    Effect.catchTag(uploads.adopt(key, { path, contentType: MP4 }), "UploadExists", Effect.die)
)

/** Holds a new name until the scope ends, or until a video refers to the file. */
export const makeHold = Effect.map(
  Uploads,
  (uploads) => (key: FileKey) => Effect.catchTag(uploads.hold(key), "UploadExists", Effect.die)
)
