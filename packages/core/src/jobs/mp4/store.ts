import { Effect, Option, type Stream } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import {
  type Anchor,
  editFold,
  isChanging,
  isExact,
  type MalformedMp4,
  type Patch,
  type Place,
  parameterSetsOf,
  placedFold,
  type Rescale,
  timescaleOf
} from "../../domain/mp4/index.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { spanned } from "../../ports/Spans.ts"
import type { UploadError, UploadedFile } from "../UploadedFile.ts"
import { editsOf } from "./edits.ts"
import { partEditsOf } from "./partEdits.ts"
import type { Survey } from "./survey.ts"

const mp4 = { contentType: "video/mp4" }

const adopt = spanned("mp4.adopt")(function* (
  key: FileKey,
  upload: UploadedFile,
  edits: Option.Option<Stream.Stream<Patch, UploadError | MalformedMp4>>
) {
  const storage = yield* FileStorage
  const path = yield* Option.match(edits, { onNone: () => Effect.succeed(upload.path), onSome: upload.edited })
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
  const edits = Option.flatMap(survey, (found) =>
    Option.map(editFold(found.movie, found.timeline, anchor), (fold) => editsOf(upload, found, fold))
  )
  return adopt(key, upload, edits)
}

/**
 * The same for a track that was taken out of the source: its presentation begins at its place in the video. A file that has the
 * right times is not changed, because an hour of audio has a thousand fragments.
 */
export const storeTrack = (
  key: FileKey,
  upload: UploadedFile,
  { place, survey }: { readonly survey: Survey; readonly place: Place }
): Stored => {
  const fold = placedFold(survey.movie, survey.timeline, place)
  const changing = Option.filter(fold, (found) => isChanging(survey.movie, found))
  return adopt(
    key,
    upload,
    Option.map(changing, (found) => editsOf(upload, survey, found))
  )
}

/** The place of the segments of a part among those of the whole video. */
export interface PartPlace extends Place {
  /** Number of its first fragment. Fragments of later parts have higher numbers. */
  readonly sequence: number
  /** Frames a second that were requested. None: the result is not joined with others. */
  readonly rate: Option.Option<number>
}

/**
 * Units a second of all parts of a rendition, so that a player which reads only the header of the first one places them
 * all. Pictures of the requested rate take a whole number of units, and so do those of films that are a thousandth slower.
 */
const PICTURE_UNITS = 1000

/** The change of timescale that makes a part like the others of its rendition, if its times stay as exact as they are. */
export const rescaleOf = ({ movie, shared }: Survey, { rate }: Pick<PartPlace, "rate">): Option.Option<Rescale> =>
  Option.all({ fps: rate, from: timescaleOf(movie), units: shared }).pipe(
    Option.map(({ fps, from, units }) => ({ units, rescale: { from, to: fps * PICTURE_UNITS } })),
    Option.filter(({ rescale, units }) => rescale.from !== rescale.to && isExact(units, rescale)),
    Option.map(({ rescale }) => rescale)
  )

/**
 * The same for the result of a chunk: its presentation begins at its place in the whole video, so that players can join it
 * with those of its neighbours. Its fragments bring their parameter sets along, for players that do not read the headers of
 * later parts, such as those built on FFmpeg.
 */
export const storePart = (
  key: FileKey,
  upload: UploadedFile,
  { place, survey }: { readonly survey: Survey; readonly place: PartPlace }
): Stored => {
  const { rate, sequence } = place
  const parameterSets = Option.zipRight(rate, parameterSetsOf(survey.header))
  const edits = Option.map(placedFold(survey.movie, survey.timeline, place), (fold) =>
    partEditsOf(upload, survey, { fold, sequence, parameterSets, rescale: rescaleOf(survey, place) })
  )
  return adopt(key, upload, edits)
}
