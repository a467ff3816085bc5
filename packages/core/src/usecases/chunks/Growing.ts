import { Context, DateTime, Duration, Effect, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { growingPlaylist } from "../../domain/chunk/GrowingPlaylist.ts"
import { covered, dueRenditions, isComplete, withChunking, withListed } from "../../domain/chunk/Growth.ts"
import { isHeld } from "../../domain/chunk/isHeld.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { WorkLease } from "../../domain/video/Chunking.ts"
import type { Video } from "../../domain/video/Video.ts"
import { published } from "../../domain/video/VideoMachine.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { makeVideoWritten } from "../engine/written.ts"
import { Uploads } from "../video/Uploads.ts"
import { makeWithMaster, playlistType, textOf } from "./withMaster.ts"

/** Extends the playlists of renditions as their chunks are completed. */
export class Growing extends Context.Tag("@runner-connector/core/Growing")<
  Growing,
  {
    /**
     * Writes the playlist of each rendition that has gained chunks, then a new master playlist, and then the video, which
     * is published when it can be played. Takes a failed rendition out of the master playlist.
     *
     * One server at a time does this for a video, so that no older playlist replaces a newer one. It begins again when the
     * video changes meanwhile, so a call that finds it at work has nothing to do.
     */
    readonly grow: (id: VideoId) => Effect.Effect<void, FileStorageError | PersistenceError>
  }
>() {}

const toWrite = (video: Video) => dueRenditions(video).filter(({ failed }) => !failed)

/** Writes the playlists of all due renditions, each under its own lasting name. */
const makeWritePlaylists = Effect.map(FileStorage, (storage) => (video: Video) => {
  const chunking = Option.getOrUndefined(video.chunking)
  return Effect.forEach(
    toWrite(video),
    (rendition) =>
      storage.write(
        rendition.playlistKey,
        textOf(
          growingPlaylist(rendition, {
            count: covered(rendition),
            isComplete: chunking !== undefined && isComplete(chunking, rendition)
          })
        ),
        playlistType
      ),
    { discard: true }
  )
})

/** Takes the lease on the playlists of a video. None when there is nothing to write, or another server does it. */
const makeTake = Effect.gen(function* () {
  const { completionSilence } = yield* ConnectorConfig
  const videos = yield* VideoStore
  const ids = yield* Identifiers
  const patience = Duration.times(completionSilence, 2)

  return (id: VideoId) =>
    Effect.gen(function* () {
      const video = yield* videos.find(id)
      if (Option.isNone(video) || dueRenditions(video.value).length === 0) return Option.none<WorkLease>()
      const now = yield* DateTime.now
      const lease: WorkLease = { server: yield* ids.uuid, at: now }
      const isBusy = Option.exists(video.value.chunking, ({ lister }) =>
        isHeld(lister, { now, patience, server: lease.server })
      )
      if (isBusy) return Option.none<WorkLease>()
      yield* videos.save(
        withChunking(video.value, (chunking) => ({ ...chunking, lister: Option.some(lease) }), now),
        []
      )
      return Option.some(lease)
    }).pipe(retryConflicts)
})

const holds = (video: Video, { server }: WorkLease): boolean =>
  Option.exists(video.chunking, ({ lister }) => Option.exists(lister, (held) => held.server === server))

const released = (video: Video, now: DateTime.Utc): Video =>
  withChunking(video, (chunking) => ({ ...chunking, lister: Option.none() }), now)

/** Writes what is due, and gives the lease back in the same write. */
const makeOnce = Effect.gen(function* () {
  const storage = yield* FileStorage
  const videos = yield* VideoStore
  const uploads = yield* Uploads
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten
  const writePlaylists = yield* makeWritePlaylists
  const withMaster = yield* makeWithMaster

  return Effect.fnUntraced(function* (id: VideoId, lease: WorkLease) {
    const written = new Set<FileKey>()
    const write = Effect.gen(function* () {
      const video = yield* videos.find(id)
      // A removal deletes the files that exist then.
      if (Option.isNone(video)) return yield* Effect.forEach(written, storage.remove, { discard: true })
      if (!holds(video.value, lease)) return
      const now = yield* DateTime.now
      for (const { playlistKey } of toWrite(video.value)) written.add(playlistKey)
      yield* writePlaylists(video.value)
      const next = yield* withMaster(video.value, withListed(video.value, now), now)
      const shown = { ...published(released(next, now)), updatedAt: now }
      yield* afterCommit.run({
        write: uploads.handOver(Option.toArray(shown.playlistKey), (held) => videos.save(shown, [], [], held)),
        written: wasWritten(shown),
        effects: () => Effect.void
      })
    })
    yield* write.pipe(Effect.scoped, retryConflicts)
  })
})

const make = Effect.gen(function* () {
  const videos = yield* VideoStore
  const take = yield* makeTake
  const once = yield* makeOnce

  const giveBack = (id: VideoId, lease: WorkLease) =>
    Effect.gen(function* () {
      const video = yield* videos.find(id)
      if (Option.isNone(video) || !holds(video.value, lease)) return
      yield* videos.save(released(video.value, yield* DateTime.now), [])
    }).pipe(retryConflicts, Effect.ignoreLogged)

  const grow: Growing["Type"]["grow"] = spanned("Growing.grow")(function* (id: VideoId) {
    const lease = yield* take(id)
    if (Option.isNone(lease)) return
    yield* Effect.onError(once(id, lease.value), () => giveBack(id, lease.value))
  })

  return Growing.of({ grow })
})

/** Growing playlists over the ports. */
export const layer: Layer.Layer<Growing, never, ConnectorConfig | VideoStore | FileStorage | Uploads | AfterCommit> =
  Layer.effect(Growing, make)
