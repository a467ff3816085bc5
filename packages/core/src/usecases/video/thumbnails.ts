import { Cause, Duration, Effect, Option, type Scope, Stream } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { greyJpeg } from "../../domain/media/greyJpeg.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { pictureOf, type StillPicture } from "../../domain/media/StillPicture.ts"
import { FileStorage, type FileStorageError, type MediaSource } from "../../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import { spanned } from "../../ports/Spans.ts"
import { PictureNotFound, UnusablePicture } from "../errors.ts"

/** A picture from the caller, in storage and examined. */
export interface GivenPicture extends StillPicture {
  readonly key: FileKey
}

/** Stores the pictures of new videos. */
export interface Thumbnails {
  /** Examines a picture from the caller. */
  readonly examine: (
    key: FileKey
  ) => Effect.Effect<GivenPicture, PictureNotFound | UnusablePicture | ProbeError | FileStorageError, Scope.Scope>
  /**
   * Stores the picture of a new video: a copy of the given picture, which is then removed with the video, or else a
   * frame of the video, or else a plain picture for audio that becomes a video. False when there is none.
   */
  readonly store: (key: FileKey, of: Intake) => Effect.Effect<boolean, PictureNotFound | FileStorageError>
}

/** What the picture of a new video depends on. */
export interface Intake {
  readonly given: Option.Option<GivenPicture>
  readonly source: MediaSource
  readonly report: ProbeReport
  readonly summary: MediaSummary
  /** True for audio that becomes a video with a still picture. */
  readonly isMerged: boolean
}

/** Bytes. Larger pictures are rejected without being read. */
const MAX_PICTURE_SIZE = 32 * 1024 ** 2

/** The size that a merge requests. */
const plain = { width: 854, height: 480 }

const jpeg = { contentType: "image/jpeg" }

/** A tenth into the video, because first frames are often black, but not far into a long one. */
const pictureMoment = (duration: Option.Option<number>): Duration.Duration =>
  Duration.seconds(Math.min(10, Option.getOrElse(duration, () => 0) / 10))

const makeExamine = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe
  const examine: Thumbnails["examine"] = spanned("Thumbnails.examine")(function* (key) {
    const missing = () => new PictureNotFound({ path: key })
    const { size } = yield* Effect.catchTag(storage.stat(key), "FileNotFound", missing)
    if (size > MAX_PICTURE_SIZE) {
      return yield* new UnusablePicture({ reason: `The picture is larger than ${MAX_PICTURE_SIZE} bytes.` })
    }
    const source = yield* Effect.catchTag(storage.source(key), "FileNotFound", missing)
    const report = yield* Effect.catchTag(
      probe.probe(source),
      "UnreadableMedia",
      ({ reason }) => new UnusablePicture({ reason })
    )
    const picture = yield* Effect.mapError(pictureOf(report), ({ message }) => new UnusablePicture({ reason: message }))
    return { ...picture, key }
  })
  return examine
})

const makeStore = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe

  const copy = ({ contentType, key: from }: GivenPicture, key: FileKey) =>
    Effect.catchTag(
      storage.write(key, storage.read(from), { contentType }),
      "FileNotFound",
      () => new PictureNotFound({ path: from })
    )

  const take = (key: FileKey, { report, source, summary }: Intake) =>
    probe.frame(source, pictureMoment(summary.duration), report).pipe(
      Effect.flatMap((bytes) => storage.write(key, Stream.make(bytes), jpeg)),
      Effect.as(true),
      Effect.catchTag("UnreadableMedia", "ProbeError", (error) =>
        Effect.as(Effect.logWarning("No thumbnail could be taken", Cause.fail(error)), false)
      )
    )

  const makeUp = (key: FileKey) => {
    const bytes = Stream.sync(() => greyJpeg(plain.width, plain.height))
    return storage.write(key, bytes, jpeg)
  }

  const store: Thumbnails["store"] = (key, intake) => {
    const { given, isMerged, summary } = intake
    if (Option.isSome(given)) return Effect.as(copy(given.value, key), true)
    if (summary.hasVideo) return take(key, intake)
    return isMerged ? Effect.as(makeUp(key), true) : Effect.succeed(false)
  }
  return store
})

/** Thumbnails over the ports. */
export const makeThumbnails: Effect.Effect<Thumbnails, never, FileStorage | MediaProbe> = Effect.all({
  examine: makeExamine,
  store: makeStore
})
