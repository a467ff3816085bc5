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
import { ApiHost } from "../api/ApiHost.ts"
import { uploadsFolder } from "./keys.ts"
import * as planFields from "./planFields.ts"
import type { Upload, UploadFacts } from "./UploadForm.ts"

/** The folders of an upload and of its video. */
export const placesOf = (folder: string) => ({ source: `${uploadsFolder}/${folder}`, destination: `videos/${folder}` })

/** Whether the source was uploaded with the video. A source that was named by its path belongs to the host. */
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

/** A file of a client that is in the storage. */
export interface StoredUpload {
  readonly key: FileKey.FileKey
  /** The name that the client gave. */
  readonly fileName: string
  /** The last part of the destination: a new UUID. */
  readonly folder: string
  readonly picture?: FileKey.FileKey | undefined
  /** The id of the video. A new one when absent. */
  readonly id?: string | undefined
}

/** Transcodes a stored upload by the plan of its client. */
export const transcodeUpload = (
  { fileName, folder, id, key, picture }: StoredUpload,
  { externalId, labels, metadata, priority, tenant, title, ...plan }: UploadFacts,
  host: { readonly storyboards: boolean }
): Effect.Effect<Video.Video, Transcoding.TranscodeError, Transcoding.Transcoding> =>
  Effect.flatMap(Transcoding.Transcoding, ({ transcodeVideo }) =>
    transcodeVideo({
      ...{ id, path: key, destination: placesOf(folder).destination, picture, title, externalId, metadata },
      ...{ labels, tenant, priority },
      fileName: Option.getOrUndefined(DisplayText.clientFileName(fileName)),
      baseName: FileNames.baseNameOf(fileName),
      ...planFields.asRequest(plan, host)
    })
  )

/** Stores an upload and transcodes it. Nothing is kept when that is rejected, or when the server dies before. */
export const takeIn = ({ previewFile, videoFile, ...facts }: Upload) =>
  Effect.gen(function* () {
    const { uuid } = yield* Tokens.Identifiers
    const folder = yield* uuid
    const { source } = placesOf(folder)
    const fileName = videoFile.filename ?? ""
    const key = FileKey.FileKey.make(`${source}/${FileNames.safeNameOf(fileName)}`)
    yield* storeUpload(key, videoFile)
    // The video gets a copy of the picture, so its upload ends with this scope.
    const picture = previewFile === undefined ? undefined : FileKey.FileKey.make(`${source}/${yield* uuid}`)
    if (picture !== undefined && previewFile !== undefined) yield* storeUpload(picture, previewFile)
    return yield* transcodeUpload({ key, fileName, folder, picture }, facts, yield* ApiHost)
  }).pipe(Effect.scoped)
