import { type DateTime, Effect, Option, Stream } from "effect"
import { masterPlaylist } from "../../domain/hls/HlsPlaylist.ts"
import { masterKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { hasStreams, scheduleDeletion, withPlaylist } from "../../domain/video/VideoMachine.ts"
import { FileStorage } from "../../ports/FileStorage.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { makeHold } from "./storeCut.ts"

/** The content type of playlists. */
export const playlistType = { contentType: "application/vnd.apple.mpegurl" }

/** A text as storages take it. */
export const textOf = (text: string): Stream.Stream<Uint8Array> => Stream.encodeText(Stream.make(text))

/** The part of a video that its master playlist shows. Changes with the first chunk of a rendition, and with its last one. */
const shownIn = ({ captions, chunking, files }: Video): string => {
  const growing = new Set(
    Option.match(chunking, { onNone: () => [], onSome: (one) => one.renditions.map(({ id }) => id) })
  )
  return masterPlaylist(
    files.map((file) => (growing.has(file.attemptId) ? { ...file, size: 0, duration: Option.some(1) } : file)),
    captions
  )
}

/** Writes a new master playlist where the change needs one. The uploads hold its key until the scope ends. */
export const makeWithMaster = Effect.gen(function* () {
  const storage = yield* FileStorage
  const hold = yield* makeHold
  const ids = yield* Identifiers
  return Effect.fnUntraced(function* (before: Video, next: Video, now: DateTime.Utc) {
    if (!hasStreams(next)) {
      const pendingDeletion = scheduleDeletion(next, Option.toArray(next.playlistKey), now)
      return { ...next, playlistKey: Option.none(), pendingDeletion }
    }
    if (Option.isSome(before.playlistKey) && shownIn(before) === shownIn(next)) return next
    const key = masterKey(next, yield* ids.uuid)
    yield* hold(key)
    yield* storage.write(key, textOf(masterPlaylist(next.files, next.captions)), playlistType)
    return withPlaylist(next, key, now)
  })
})
