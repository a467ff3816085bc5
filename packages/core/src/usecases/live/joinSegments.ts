import { Effect, Option, type Scope, Stream } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { chunkNames, liveFileKey, variantPlaylistName } from "../../domain/live/LiveFiles.ts"
import { lastNumber } from "../../domain/live/LivePlaylists.ts"
import { type ReplayInput, type ReplayPart, replayInput } from "../../domain/live/LiveReplay.ts"
import type { LiveSession } from "../../domain/live/LiveSession.ts"
import { isUsable } from "../../domain/media/MediaFacts.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { recordedVariantKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { type FileNotFound, FileStorage, type FileStorageError, type MediaSource } from "../../ports/FileStorage.ts"
import { MediaProbe, type ProbeError } from "../../ports/MediaProbe.ts"
import { spanned } from "../../ports/Spans.ts"
import { UnusableMedia } from "../errors.ts"

/** More than nine days of segments. A larger number is not genuine. */
const MAX_SEGMENTS = 200_000
/** Concurrent lookups of segments. */
const LOOKS = 8

const transportStream = { contentType: "video/mp2t" }

/** The stored segments up to the last one of the playlist. */
export const makeFind: Effect.Effect<
  (video: Video, session: LiveSession) => Effect.Effect<ReplayInput, FileStorageError>,
  never,
  FileStorage
> = Effect.map(FileStorage, (storage) => {
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

/** A file in storage, and what a probe says of it. */
export interface Examined {
  readonly key: FileKey
  readonly source: MediaSource
  readonly report: ProbeReport
  readonly summary: MediaSummary
}

/** Probes stored files. */
export const makeExamine: Effect.Effect<
  (key: FileKey) => Effect.Effect<Examined, FileNotFound | UnusableMedia | FileStorageError | ProbeError, Scope.Scope>,
  never,
  FileStorage | MediaProbe
> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const probe = yield* MediaProbe
  return spanned("Replays.examine")(function* (key: FileKey) {
    const { size } = yield* storage.stat(key)
    const source = yield* storage.source(key)
    const report = yield* Effect.catchTag(
      probe.probe(source),
      "UnreadableMedia",
      ({ reason }) => new UnusableMedia({ reason })
    )
    const summary = yield* Effect.mapError(
      isUsable(report, { size }),
      ({ message }) => new UnusableMedia({ reason: message })
    )
    return { key, source, report, summary } satisfies Examined
  })
})

/** Joins the segments of one variant and probes the result. */
export const makeJoin: Effect.Effect<
  (
    video: Video,
    session: LiveSession,
    part: ReplayPart
  ) => Effect.Effect<Examined, UnusableMedia | FileStorageError | ProbeError, Scope.Scope>,
  never,
  FileStorage | MediaProbe
> = Effect.gen(function* () {
  const storage = yield* FileStorage
  const examine = yield* makeExamine

  const join = (key: FileKey, { destination }: Video, session: LiveSession, part: ReplayPart) =>
    storage.write(
      key,
      Stream.flatMap(Stream.fromIterable(part.chunks), (name) =>
        Stream.catchTag(storage.read(liveFileKey(destination, session.id, name)), "FileNotFound", () => Stream.empty)
      ),
      transportStream
    )

  return spanned("Replays.join")(function* (video: Video, session: LiveSession, part: ReplayPart) {
    const key = recordedVariantKey(video, session.id, part.variant)
    // A recording from before a crash is complete and is not written again.
    yield* Effect.catchTag(storage.stat(key), "FileNotFound", () => join(key, video, session, part))
    return yield* Effect.catchTag(examine(key), "FileNotFound", Effect.die)
  })
})
