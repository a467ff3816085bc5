import { Effect, Option, Stream } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { chunkNames, liveFileKey, variantPlaylistName } from "../../domain/live/LiveFiles.ts"
import { type Recordings, recordingThumbnailKey } from "../../domain/live/LiveMachine.ts"
import { lastNumber } from "../../domain/live/LivePlaylists.ts"
import { type ReplayPart, replayInput } from "../../domain/live/LiveReplay.ts"
import type { LiveSession } from "../../domain/live/LiveSession.ts"
import { isUsable } from "../../domain/media/MediaFacts.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import { recordingKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import { UnusableMedia } from "../errors.ts"
import { makeThumbnails } from "../video/thumbnails.ts"

/** More than nine days of segments. A larger number is not genuine. */
const MAX_SEGMENTS = 200_000
/** Concurrent lookups of segments. */
const LOOKS = 8

const transportStream = { contentType: "video/mp2t" }

/** The stored segments up to the last one of the playlist. */
const makeFind = Effect.map(FileStorage, (storage) => {
  const isThere = (key: FileKey) =>
    storage.stat(key).pipe(
      Effect.as(true),
      Effect.catchTag("FileNotFound", () => Effect.succeed(false))
    )
  return ({ destination }: Video, { asked, id }: LiveSession) =>
    Effect.forEach(asked, (_, variant) =>
      Effect.gen(function* () {
        const playlist = yield* storage.read(liveFileKey(destination, id, variantPlaylistName(variant))).pipe(
          Stream.decodeText(),
          Stream.mkString,
          Effect.catchTag("FileNotFound", () => Effect.succeed(""))
        )
        const last = Option.getOrElse(lastNumber(playlist), () => -1)
        return yield* Effect.filter(
          chunkNames(variant, Math.min(last, MAX_SEGMENTS)),
          (name) => isThere(liveFileKey(destination, id, name)),
          { concurrency: LOOKS }
        )
      })
    ).pipe(Effect.map((names) => replayInput({ asked, names: names.flat() })))
})

/** Joins the segments of one variant and probes the result. */
const makeJoin = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe

  const join = (key: FileKey, { destination }: Video, session: LiveSession, part: ReplayPart) =>
    storage.write(
      key,
      Stream.flatMap(Stream.fromIterable(part.chunks), (name) =>
        Stream.catchTag(storage.read(liveFileKey(destination, session.id, name)), "FileNotFound", () => Stream.empty)
      ),
      transportStream
    )

  /** A recording from before a crash is complete and is not written again. */
  const sizeOf = (key: FileKey, write: Effect.Effect<void, FileStorageError>) =>
    Effect.map(
      Effect.catchTag(storage.stat(key), "FileNotFound", () => Effect.zipRight(write, Effect.orDie(storage.stat(key)))),
      ({ size }) => size
    )

  return Effect.fn("Replays.join")(function* (video: Video, session: LiveSession, part: ReplayPart) {
    const key = recordingKey(video, session.id, part.variant)
    const size = yield* sizeOf(key, join(key, video, session, part))
    const source = yield* Effect.catchTag(storage.source(key), "FileNotFound", Effect.die)
    const report = yield* Effect.catchTag(
      probe.probe(source),
      "UnreadableMedia",
      ({ reason }) => new UnusableMedia({ reason })
    )
    const summary = yield* Effect.mapError(
      isUsable(report, { size }),
      ({ message }) => new UnusableMedia({ reason: message })
    )
    return { key, source, summary }
  })
})

/** A picture and its audio as one source. */
const together = (picture: MediaSummary, sound: Option.Option<MediaSummary>): MediaSummary => ({
  ...picture,
  hasAudio: picture.hasAudio || Option.isSome(sound),
  size: picture.size + Option.match(sound, { onNone: () => 0, onSome: ({ size }) => size })
})

/** Joins the stored segments of a live as the source of its replay. Does not repeat finished recordings. */
export const makeRecord: Effect.Effect<
  (video: Video, session: LiveSession) => Effect.Effect<Recordings, UnusableMedia | FileStorageError | ProbeError>,
  never,
  FileStorage | MediaProbe
> = Effect.gen(function* () {
  const find = yield* makeFind
  const join = yield* makeJoin
  const thumbnails = yield* makeThumbnails

  const thumbnail = (key: FileKey, media: Effect.Effect.Success<ReturnType<typeof join>>) =>
    thumbnails.store(key, { ...media, given: Option.none(), isMerged: false }).pipe(
      Effect.map((isThere) => (isThere ? Option.some(key) : Option.none())),
      Effect.catchTag("PictureNotFound", Effect.die)
    )

  return Effect.fn("Replays.record")(function* (video: Video, session: LiveSession) {
    const { picture, sound } = yield* find(video, session)
    const joined = (part: Option.Option<ReplayPart>) =>
      Effect.transposeMapOption(part, (one) => join(video, session, one))
    const heard = yield* joined(sound)
    const seen = yield* joined(picture)
    const media = Option.orElse(seen, () => heard)
    if (Option.isNone(media)) return yield* new UnusableMedia({ reason: "Nothing of the live was kept." })
    const apart = Option.isSome(seen) ? heard : Option.none()
    return {
      media: media.value.key,
      sound: Option.map(apart, ({ key }) => key),
      thumbnail: yield* thumbnail(recordingThumbnailKey(video, session), media.value),
      source: together(
        media.value.summary,
        Option.map(apart, ({ summary }) => summary)
      )
    } satisfies Recordings
  }, Effect.scoped)
})
