import { Effect, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { type Anchor, editFold, type MalformedMp4, type Place, placedFold } from "../../domain/mp4/index.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { spanned } from "../../ports/Spans.ts"
import type { UploadError, UploadedFile } from "../UploadedFile.ts"
import { type Edits, editsOf } from "./edits.ts"
import type { Survey } from "./survey.ts"

const mp4 = { contentType: "video/mp4" }

const adopt = spanned("mp4.adopt")(function* (
  key: FileKey,
  upload: UploadedFile,
  change: Option.Option<{ readonly survey: Survey; readonly edits: Edits }>
) {
  const storage = yield* FileStorage
  const path = yield* Option.match(change, {
    onNone: () => Effect.succeed(upload.path),
    onSome: ({ edits, survey }) => upload.edited(editsOf(upload, survey, edits))
  })
  yield* storage.adopt(key, path, mp4)
})

type Stored = Effect.Effect<void, FileStorageError | UploadError | MalformedMp4, FileStorage>

/**
 * Takes a file of media segments over into storage. Edit lists, which Media Source Extensions ignore, are replaced by
 * their effect before.
 */
export const storeSegments = (
  key: FileKey,
  upload: UploadedFile,
  { anchor, survey }: { readonly survey: Option.Option<Survey>; readonly anchor: Anchor }
): Stored => {
  const change = Option.flatMap(survey, (found) =>
    Option.map(editFold(found.movie, found.timeline, anchor), (fold) => ({ survey: found, edits: { fold } }))
  )
  return adopt(key, upload, change)
}

/** Where the segments of a part belong among those of the whole video. */
export interface PartPlace extends Place {
  /** Number of its first fragment. Fragments of later parts have higher numbers. */
  readonly sequence: number
}

/**
 * The same for the result of a chunk: its presentation begins at its place in the whole video, so that players can join
 * it with those of its neighbours.
 */
export const storePart = (
  key: FileKey,
  upload: UploadedFile,
  { place, survey }: { readonly survey: Survey; readonly place: PartPlace }
): Stored => {
  const { sequence } = place
  const fold = placedFold(survey.movie, survey.timeline, place)
  return adopt(
    key,
    upload,
    Option.map(fold, (shifts) => ({ survey, edits: { fold: shifts, sequence } }))
  )
}
