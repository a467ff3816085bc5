import { Effect } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { Uploads } from "../video/Uploads.ts"

const MP4 = "video/mp4"

/** Stores what was cut under names that no other file has. The uploads hold them until a video refers to them. */
export const makeStore = Effect.map(
  Uploads,
  (uploads) => (key: FileKey, path: string) =>
    Effect.catchTag(uploads.adopt(key, { path, contentType: MP4 }), "UploadExists", Effect.die)
)
