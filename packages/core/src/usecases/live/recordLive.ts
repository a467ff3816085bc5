import { Effect, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { type Recordings, recordingThumbnailKey } from "../../domain/live/LiveMachine.ts"
import type { ReplayPart } from "../../domain/live/LiveReplay.ts"
import type { LiveSession } from "../../domain/live/LiveSession.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import { recordingKey } from "../../domain/video/FileNames.ts"
import { type MediaReport, reportAs, SOURCE } from "../../domain/video/MediaReport.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { FileStorage, FileStorageError } from "../../ports/FileStorage.ts"
import type { MediaProbe, ProbeError } from "../../ports/MediaProbe.ts"
import type { MediaRemuxer } from "../../ports/MediaRemuxer.ts"
import { spanned } from "../../ports/Spans.ts"
import { UnusableMedia } from "../errors.ts"
import { makeThumbnails } from "../video/thumbnails.ts"
import { type Examined, makeExamine, makeFind, makeJoin } from "./joinSegments.ts"
import { makeMerge, type Parts } from "./mergeRecording.ts"

/** A picture and its audio as one source. */
const together = (picture: MediaSummary, sound: Option.Option<MediaSummary>): MediaSummary => ({
  ...picture,
  hasAudio: picture.hasAudio || Option.isSome(sound),
  size: picture.size + Option.match(sound, { onNone: () => 0, onSome: ({ size }) => size })
})

type Recorded = Omit<Recordings, "thumbnail"> & { readonly from: Examined }

const asOne = (from: Examined): Recorded => ({ from, media: from.key, sound: Option.none(), source: from.summary })

/** Both parts as they are. */
const apart = (media: Examined, { heard, seen }: Parts): Recorded => {
  const sound = Option.isSome(seen) ? heard : Option.none<Examined>()
  const summary = Option.map(sound, (part) => part.summary)
  return {
    from: media,
    media: media.key,
    sound: Option.map(sound, ({ key }) => key),
    source: together(media.summary, summary)
  }
}

/** Takes the thumbnail of a recording. None if it has no picture. */
const makeTakePicture = Effect.map(
  makeThumbnails,
  ({ store }) =>
    (key: FileKey, from: Examined) =>
      store(key, { ...from, given: Option.none(), isMerged: false }).pipe(
        Effect.catchTag("PictureNotFound", Effect.die),
        Effect.map((isStored) => (isStored ? Option.some(key) : Option.none<FileKey>()))
      )
)

/** The recordings of a live with the report on their picture, or on their audio where there is no picture. */
interface RecordedLive extends Recordings {
  readonly reports: ReadonlyArray<MediaReport>
}

/** Joins the stored segments of a live as the source of its replay. Does not repeat finished recordings. */
export const makeRecord: Effect.Effect<
  (video: Video, session: LiveSession) => Effect.Effect<RecordedLive, UnusableMedia | FileStorageError | ProbeError>,
  never,
  FileStorage | MediaProbe | MediaRemuxer
> = Effect.gen(function* () {
  const find = yield* makeFind
  const join = yield* makeJoin
  const merge = yield* makeMerge
  const examine = yield* makeExamine
  const takePicture = yield* makeTakePicture

  const joined = spanned("Replays.joined")(function* (video: Video, session: LiveSession) {
    const { picture, sound } = yield* find(video, session)
    const part = (found: Option.Option<ReplayPart>) =>
      Effect.transposeMapOption(found, (one) => join(video, session, one))
    return { heard: yield* part(sound), seen: yield* part(picture) } satisfies Parts
  })

  const make = (key: FileKey, video: Video, session: LiveSession) =>
    Effect.gen(function* () {
      const parts = yield* joined(video, session)
      const media = Option.orElse(parts.seen, () => parts.heard)
      if (Option.isNone(media)) return yield* new UnusableMedia({ reason: "Nothing of the live was kept." })
      const merged = yield* merge(key, parts)
      return Option.match(merged, { onNone: () => apart(media.value, parts), onSome: asOne })
    })

  return spanned("Replays.record")(function* (video: Video, session: LiveSession) {
    const key = recordingKey(video, session.id)
    const { from, ...recorded } = yield* examine(key).pipe(
      Effect.map(asOne),
      Effect.catchTag("FileNotFound", () => make(key, video, session))
    )
    const thumbnail = yield* takePicture(recordingThumbnailKey(video, session), from)
    return { ...recorded, thumbnail, reports: reportAs(SOURCE, from.report) } satisfies RecordedLive
  }, Effect.scoped)
})
