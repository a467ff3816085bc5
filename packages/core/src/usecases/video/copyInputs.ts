import { Effect, type Scope } from "effect"
import { extensionOf, type FileKey } from "../../domain/FileKey.ts"
import { mediaTypeOf } from "../../domain/media/MediaTypes.ts"
import { editedSourceKey, type Place, thumbnailKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { VideoInputs } from "../../domain/video/VideoInputs.ts"
import { type FileNotFound, FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { MissingInput } from "../errors.ts"
import { Uploads } from "./Uploads.ts"

/** The copies, as fields of the new video. */
export type CopiedInputs = Pick<Video, "sourceKey" | "soundKey" | "thumbnailKey">

/**
 * Copies the inputs of a video and its thumbnail into the folder of another video, which then depends on nothing of the
 * first. The uploads hold the keys until the scope ends. Fails when an input is missing. A missing thumbnail is left out.
 */
export type CopyInputs = (
  from: Pick<Video, "thumbnailKey">,
  inputs: VideoInputs,
  to: Place
) => Effect.Effect<CopiedInputs, MissingInput | FileStorageError | PersistenceError, Scope.Scope>

/** Copying over the ports. */
export const makeCopyInputs: Effect.Effect<CopyInputs, never, FileStorage | Uploads> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const uploads = yield* Uploads
  const ids = yield* Identifiers

  const copy = (
    from: FileKey,
    to: FileKey
  ): Effect.Effect<FileKey, FileNotFound | FileStorageError | PersistenceError, Scope.Scope> =>
    Effect.gen(function* () {
      yield* Effect.catchTag(uploads.hold(to), "UploadExists", Effect.die)
      yield* storage.write(to, storage.read(from), { contentType: mediaTypeOf(from) })
      return to
    })

  return spanned("Editing.copyInputs")(function* ({ thumbnailKey: picture }, { media, sound }, to) {
    const copySource = (from: FileKey) =>
      Effect.flatMap(ids.uuid, (uuid) => copy(from, editedSourceKey(to, uuid, extensionOf(from))))
    const copyPicture = (from: FileKey) =>
      Effect.flatMap(ids.uuid, (uuid) =>
        copy(from, thumbnailKey(to, uuid, extensionOf(from) === "png" ? "png" : "jpg"))
      )
    const files = Effect.all({
      sourceKey: Effect.asSome(copySource(media)),
      soundKey: Effect.transposeMapOption(sound, copySource)
    })
    const thumbnail = Effect.transposeMapOption(picture, copyPicture).pipe(
      Effect.catchTag("FileNotFound", () => Effect.succeedNone)
    )
    return {
      ...(yield* Effect.catchTag(files, "FileNotFound", () => new MissingInput())),
      thumbnailKey: yield* thumbnail
    }
  })
})
