import { Context, DateTime, Effect, Layer, Option, Stream } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { recordingKey } from "../domain/FileNames.ts"
import type { VideoId } from "../domain/Ids.ts"
import { chunkNames, liveFileKey, variantPlaylistName } from "../domain/LiveFiles.ts"
import { isReplayDue, type Recordings, recorded, recordingsOf, unrecordable } from "../domain/LiveMachine.ts"
import { lastNumber } from "../domain/LivePlaylists.ts"
import { type ReplayPart, replayInput } from "../domain/LiveReplay.ts"
import type { LiveSession } from "../domain/LiveSession.ts"
import { isUsable } from "../domain/MediaFacts.ts"
import type { MediaSummary, Video } from "../domain/Video.ts"
import { prepareJobs } from "../jobs/jobGraph.ts"
import { FileStorage, type FileStorageError } from "../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../ports/MediaProbe.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { RunnerNotifier } from "../ports/RunnerNotifier.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import { UnusableMedia } from "./errors.ts"
import { retryConflicts } from "./retryConflicts.ts"

/** Makes videos of lives that are over. */
export class Replays extends Context.Tag("@runner-connector/core/Replays")<
  Replays,
  {
    /**
     * Joins the segments that were kept, and has the video transcoded as its plan says. Does nothing for a video of
     * which that is not wanted, or not any more. After trouble, and after a crash, it can be made again.
     */
    readonly make: (id: VideoId) => Effect.Effect<void, FileStorageError | ProbeError | PersistenceError>
  }
>() {}

/** More than there are in nine days; a name with a larger number was made up. */
const MAX_SEGMENTS = 200_000
/** How many of them are looked for at once. */
const LOOKS = 8

const transportStream = { contentType: "video/mp2t" }

/** Which segments were kept: those up to the last one of the playlist that are there. */
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

/** Joins the segments of one variant, and looks at what has become of them. */
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

  /** What was written before a crash is whole, and need not be written again. */
  const sizeOf = (key: FileKey, write: Effect.Effect<void, FileStorageError>) =>
    Effect.map(
      Effect.catchTag(storage.stat(key), "FileNotFound", () => Effect.zipRight(write, Effect.orDie(storage.stat(key)))),
      ({ size }) => size
    )

  return Effect.fn("Replays.join")(function* (video: Video, session: LiveSession, part: ReplayPart) {
    const key = recordingKey(video, session.id, part.variant)
    const size = yield* sizeOf(key, join(key, video, session, part))
    const report = yield* Effect.scoped(
      Effect.flatMap(Effect.catchTag(storage.source(key), "FileNotFound", Effect.die), probe.probe)
    ).pipe(Effect.catchTag("UnreadableMedia", ({ reason }) => new UnusableMedia({ reason })))
    const summary = yield* Effect.mapError(
      isUsable(report, { size }),
      ({ message }) => new UnusableMedia({ reason: message })
    )
    return { key, summary }
  })
})

/** A picture with its sound as one source. */
const together = (picture: MediaSummary, sound: Option.Option<MediaSummary>): MediaSummary => ({
  ...picture,
  hasAudio: picture.hasAudio || Option.isSome(sound),
  size: picture.size + Option.match(sound, { onNone: () => 0, onSome: ({ size }) => size })
})

const makeRecord = Effect.gen(function* () {
  const find = yield* makeFind
  const join = yield* makeJoin
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
      source: together(
        media.value.summary,
        Option.map(apart, ({ summary }) => summary)
      )
    } satisfies Recordings
  })
})

const make = Effect.gen(function* () {
  const storage = yield* FileStorage
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const record = yield* makeRecord

  /** Of a video that is gone, or that an other server has seen to, no recording stays but those that are its source. */
  const clearUp = (video: Video) =>
    Effect.gen(function* () {
      const now = yield* videos.find(video.id)
      const kept = new Set(Option.isSome(now) ? [now.value.sourceKey, now.value.soundKey].flatMap(Option.toArray) : [])
      if (Option.exists(now, isReplayDue)) return
      yield* Effect.forEach(recordingsOf(video), (key) => (kept.has(key) ? Effect.void : storage.remove(key)))
    }).pipe(Effect.ignoreLogged)

  const transcode = (video: Video, session: LiveSession) =>
    Effect.gen(function* () {
      const { baseName, destination, id, plan } = video
      const recordings = yield* record(video, session)
      const { sound, source } = recordings
      const at = yield* DateTime.now
      const place = { destination, baseName }
      const jobsOf = yield* prepareJobs({ plan, source })
      const jobs = jobsOf({ videoId: id, place, source, plan, separatedSound: Option.isSome(sound), at })
      if (jobs.length === 0) return yield* new UnusableMedia({ reason: "There is nothing to make of it." })
      yield* Effect.zipRight(videos.save(recorded(video, recordings, at), [], jobs), notifier.availableJobs).pipe(
        Effect.uninterruptible
      )
      yield* Effect.logInfo("A live became a video").pipe(Effect.annotateLogs({ video: id, renditions: jobs.length }))
    }).pipe(
      Effect.catchTag("UnusableMedia", ({ message }) =>
        Effect.gen(function* () {
          yield* videos.save(unrecordable(video, message, yield* DateTime.now), [])
          yield* Effect.logWarning("No video can be made of a live").pipe(
            Effect.annotateLogs({ video: video.id, reason: message })
          )
        })
      ),
      Effect.ensuring(clearUp(video))
    )

  return Replays.of({
    make: (id) =>
      Effect.flatMap(videos.find(id), (video) =>
        Option.match(
          Option.zipWith(
            Option.filter(video, isReplayDue),
            Option.flatMap(video, (_) => _.live),
            transcode
          ),
          {
            onNone: () => Effect.void,
            onSome: (work) => work
          }
        )
      ).pipe(retryConflicts, Effect.withSpan("Replays.make"))
  })
})

/** Replays, over the ports. */
export const layer: Layer.Layer<Replays, never, VideoStore | FileStorage | MediaProbe | RunnerNotifier> = Layer.effect(
  Replays,
  make
)
