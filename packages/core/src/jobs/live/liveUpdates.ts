import { Effect, Either, Option, Stream } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { InvalidPlaylist } from "../../domain/hls/MediaPlaylist.ts"
import { liveUpdate } from "../../domain/live/LiveFiles.ts"
import { isFolderKept, isOnAir, started } from "../../domain/live/LiveMachine.ts"
import { isBehind, segmentsIn, variantsIn } from "../../domain/live/LivePlaylists.ts"
import type { Video } from "../../domain/video/Video.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { LiveOver, UpdateRefused, type VideoChange } from "../JobType.ts"
import { readText, UploadedFile } from "../UploadedFile.ts"
import { LiveLocks } from "./LiveLocks.ts"
import { keysOf, type LiveJob } from "./liveContent.ts"

/** The report of a runner during a live. */
export const LiveUpdate = liveUpdate(UploadedFile.schema)
type LiveUpdate = typeof LiveUpdate.Type

/** A playlist with all segments of a day is smaller. */
const MAX_PLAYLIST_SIZE = 1024 ** 2

const playlistType = { contentType: "application/vnd.apple.mpegurl" }

const checkedText = (
  file: UploadedFile | undefined,
  check: (text: string) => Either.Either<unknown, InvalidPlaylist>
) =>
  Effect.gen(function* () {
    if (file === undefined) return Option.none<string>()
    if (file.size > MAX_PLAYLIST_SIZE) return yield* new UpdateRefused({ message: "A playlist is far too large" })
    const text = yield* readText(file)
    yield* Effect.mapError(check(text), ({ message }) => new UpdateRefused({ message }))
    return Option.some(text)
  })

/**
 * Runners cut the playlist after the reported segment. When the segment is not listed yet, they cut at the beginning,
 * and storing the rest would remove the segments of players.
 */
const listsSegments = (text: string): boolean =>
  Option.exists(Either.getRight(segmentsIn(text)), (segments) => segments.length > 0)

const storedText = (key: FileKey): Effect.Effect<Option.Option<string>, FileStorageError, FileStorage> =>
  Effect.flatMap(FileStorage, (storage) =>
    storage.read(key).pipe(
      Stream.decodeText(),
      Stream.mkString,
      Effect.asSome,
      Effect.catchTag("FileNotFound", () => Effect.succeedNone)
    )
  )

/** Overwrites a playlist, unless the stored one is newer. */
const replace = (key: FileKey, text: string, isWanted: (stored: string) => boolean) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage
    const { withLock } = yield* LiveLocks
    const write = storage.write(key, Stream.encodeText(Stream.make(text)), playlistType)
    const look = Effect.map(storedText(key), Option.match({ onNone: () => true, onSome: isWanted }))
    yield* withLock(key, Effect.whenEffect(write, look))
  })

const findVideo = (live: LiveJob) => Effect.flatMap(VideoStore, (videos) => videos.find(live.videoId))

/** Stores the segment first, then the playlists, so that no playlist lists a missing file. */
const store = spanned("LiveUpdates.store")(function* (live: LiveJob, update: LiveUpdate) {
  const storage = yield* FileStorage
  const keys = keysOf(live)
  const playlist = Option.filter(yield* checkedText(update.resolutionPlaylistFile, segmentsIn), listsSegments)
  const master = yield* checkedText(update.masterPlaylistFile, variantsIn)

  const chunk = keys.file(update.videoChunkFilename)
  if (update.type === "add-chunk") {
    yield* storage.adopt(chunk, update.videoChunkFile.path, { contentType: "video/mp2t" })
  } else if (!live.replay) yield* storage.remove(chunk)

  const name = Option.fromNullable(update.resolutionPlaylistFilename)
  for (const [named, text] of Option.toArray(Option.product(name, playlist))) {
    yield* replace(keys.file(named), text, (stored) => stored !== text && !isBehind(text, stored))
  }
  for (const text of Option.toArray(master)) yield* replace(keys.master, text, (stored) => stored !== text)
})

/** Removes files that were written after the folder had been deleted. */
const clearUp = (live: LiveJob) =>
  Effect.gen(function* () {
    if (Option.exists(yield* findVideo(live), isFolderKept)) return
    yield* Effect.flatMap(FileStorage, (storage) => storage.removeFolder(keysOf(live).folder))
  }).pipe(
    Effect.catchAllCause((cause) => Effect.logWarning("What a late report of a live left was not removed", cause))
  )

/** Players request every file of the master playlist at once. */
const isPlayable = spanned("LiveUpdates.isPlayable")(function* (live: LiveJob) {
  const keys = keysOf(live)
  const master = Option.flatMap(yield* storedText(keys.master), (text) => Either.getRight(variantsIn(text)))
  const names = Option.getOrElse(master, () => [])
  const lists = yield* Effect.forEach(names, (name) => storedText(keys.file(name)))
  return names.length > 0 && lists.every(Option.exists(listsSegments))
})

const start: VideoChange = { change: started }

const onAir = (live: LiveJob) =>
  Effect.filterOrFail(
    findVideo(live),
    (video): video is Option.Some<Video> => Option.exists(video, isOnAir),
    () => new LiveOver()
  )

/** Publishes a report of a live. */
export const applyUpdate = spanned("LiveUpdates.apply")(function* ({
  privatePayload: live,
  update
}: {
  readonly privatePayload: LiveJob
  readonly update: LiveUpdate
}) {
  const { value: video } = yield* onAir(live)
  yield* Effect.ensuring(store(live, update), clearUp(live))
  const isWaiting = Option.exists(video.live, ({ state }) => state === "waiting")
  return isWaiting && (yield* isPlayable(live)) ? Option.some(start) : Option.none<VideoChange>()
})
