import {
  DisplayText,
  FileKey,
  FileNames,
  type FileStorage,
  type Persistence,
  Tokens,
  Transcoding,
  type UploadedFile,
  Uploads,
  type Video
} from "@runner-connector/core"
import { Effect, Option, type Scope } from "effect"
import { uploadsFolder } from "./Keys.ts"
import { Settings } from "./Settings.ts"
import type { Upload } from "./Uploads.ts"

/** Where an upload goes, and what is made of it. */
export const placesOf = (folder: string) => ({ source: `${uploadsFolder}/${folder}`, destination: `videos/${folder}` })

/** Whether the source came with the video. One that was named by its path is somebody else's, and may be for others. */
export const isUploadOf = ({ destination, soundKey, sourceKey }: Video.Video): boolean => {
  const own = placesOf(FileNames.nameOf(destination))
  const handedIn = Option.orElse(sourceKey, () => soundKey)
  return destination === own.destination && Option.exists(handedIn, (key) => key.startsWith(`${own.source}/`))
}

/** Stores a file under a key that has a new UUID in it, so that no other upload can have the key. */
export const storeUpload = (
  key: FileKey.FileKey,
  file: Pick<UploadedFile.UploadedFile, "contentType" | "path">
): Effect.Effect<void, Persistence.PersistenceError | FileStorage.FileStorageError, Uploads.Uploads | Scope.Scope> =>
  Effect.flatMap(Uploads.Uploads, (uploads) => Effect.catchTag(uploads.adopt(key, file), "UploadExists", Effect.die))

/** Stores an upload and transcodes it. Nothing is kept when that is rejected, or when the server dies before. */
export const takeIn = ({ externalId, metadata, previewFile, title, videoFile, ...plan }: Upload) =>
  Effect.gen(function* () {
    const transcoding = yield* Transcoding.Transcoding
    const { uuid } = yield* Tokens.Identifiers
    const { storyboards } = yield* Settings
    const { destination, source } = placesOf(yield* uuid)
    const key = FileKey.FileKey.make(`${source}/${FileNames.safeNameOf(videoFile.filename ?? "")}`)
    yield* storeUpload(key, videoFile)
    // The video gets a copy of the picture, so its upload ends with this scope.
    const picture = previewFile === undefined ? undefined : FileKey.FileKey.make(`${source}/${yield* uuid}`)
    if (picture !== undefined && previewFile !== undefined) yield* storeUpload(picture, previewFile)
    return yield* transcoding.transcodeVideo({
      ...{ path: key, destination, picture, title, externalId, metadata },
      fileName: Option.getOrUndefined(DisplayText.clientFileName(videoFile.filename ?? "")),
      baseName: FileNames.baseNameOf(videoFile.filename ?? ""),
      plan: { storyboard: storyboards, ...plan }
    })
  }).pipe(Effect.scoped)
