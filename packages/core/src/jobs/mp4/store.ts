import { Effect, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { type Anchor, editFold, type MalformedMp4 } from "../../domain/mp4/index.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { UploadError, UploadedFile } from "../UploadedFile.ts"
import { editsOf } from "./edits.ts"
import type { Survey } from "./survey.ts"

const mp4 = { contentType: "video/mp4" }

/**
 * Takes a file of media segments over into storage. Edit lists, which Media Source Extensions ignore, are replaced by
 * their effect before.
 */
export const storeSegments = (
  key: FileKey,
  upload: UploadedFile,
  { anchor, survey }: { readonly survey: Option.Option<Survey>; readonly anchor: Anchor }
): Effect.Effect<void, FileStorageError | UploadError | MalformedMp4, FileStorage> =>
  Effect.gen(function* () {
    const storage = yield* FileStorage
    const fold = Option.flatMap(survey, ({ movie, timeline }) => editFold(movie, timeline, anchor))
    const path = yield* Option.match(Option.all([survey, fold]), {
      onNone: () => Effect.succeed(upload.path),
      onSome: ([found, shifts]) => upload.edited(editsOf(upload, found, shifts))
    })
    yield* storage.adopt(key, path, mp4)
  }).pipe(Effect.withSpan("mp4.storeSegments"))
