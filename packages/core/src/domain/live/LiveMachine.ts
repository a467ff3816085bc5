import { type DateTime, Option } from "effect"
import type { FileKey } from "../FileKey.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import { recordedVariantKey, recordingKey, thumbnailKey } from "../video/FileNames.ts"
import type { Video } from "../video/Video.ts"
import { scheduleDeletion } from "../video/VideoMachine.ts"
import { liveFolder, liveMasterKey } from "./LiveFiles.ts"
import { variantsOf } from "./LiveLadder.ts"
import type { LiveSession } from "./LiveSession.ts"

/** The recordings from which a video is made after the live. */
export interface Recordings {
  readonly media: FileKey
  /** The audio of a picture. Lives always have it in a file of its own. */
  readonly sound: Option.Option<FileKey>
  /** The thumbnail, if one could be taken. */
  readonly thumbnail: Option.Option<FileKey>
  readonly source: MediaSummary
}

const sessionOf = (video: Video): LiveSession | undefined => Option.getOrUndefined(video.live)

const withSession = (video: Video, session: LiveSession, now: DateTime.Utc): Video => ({
  ...video,
  live: Option.some(session),
  updatedAt: now
})

/** The folder of everything that a runner reports. None for other videos. */
export const folderOf = ({ destination, live }: Pick<Video, "destination" | "live">): Option.Option<FileKey> =>
  Option.map(live, ({ id }) => liveFolder(destination, id))

/** The key of the thumbnail of a recorded live. */
export const recordingThumbnailKey = (video: Pick<Video, "baseName" | "destination">, { id }: LiveSession): FileKey =>
  thumbnailKey(video, id)

/**
 * Every recording that may be made of the live, and its thumbnail. The keys stay the same when a recording is repeated
 * after a crash.
 */
export const recordingsOf = (video: Pick<Video, "baseName" | "destination" | "live">): ReadonlyArray<FileKey> =>
  Option.match(video.live, {
    onNone: () => [],
    onSome: (session) =>
      session.replay
        ? [
            recordingKey(video, session.id),
            ...variantsOf(session.asked).map((_, variant) => recordedVariantKey(video, session.id, variant)),
            recordingThumbnailKey(video, session)
          ]
        : []
  })

/** Whether reports about the live are accepted. */
export const isOnAir = ({ live }: Pick<Video, "live">): boolean =>
  Option.exists(live, ({ state }) => state === "waiting" || state === "running")

/** The live, watchable from now on. Unchanged when it already was, or has ended. */
export const started = (video: Video, now: DateTime.Utc): Video => {
  const session = sessionOf(video)
  if (session?.state !== "waiting") return video
  return {
    ...withSession(video, { ...session, state: "running" }, now),
    state: "Published",
    playlistKey: Option.some(liveMasterKey(video.destination, session.id))
  }
}

/** The live while its runner stops. */
export const stopping = (video: Video, now: DateTime.Utc): Video => {
  const session = sessionOf(video)
  return session === undefined || session.state === "ended"
    ? video
    : withSession(video, { ...session, state: "stopping" }, now)
}

/** The same for a live that is being removed. */
export const abandoned = (video: Video, now: DateTime.Utc): Video =>
  Option.match(stopping(video, now).live, {
    onNone: () => video,
    onSome: (session) => withSession(video, { ...session, recorded: true }, now)
  })

/** Whether a replay must still be made. */
export const isReplayDue = ({ live }: Pick<Video, "live">): boolean =>
  Option.exists(live, ({ recorded, replay, state }) => state === "ended" && replay && !recorded)

/** The video with the folder of its live among the pending deletions. */
const withoutFolder = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  pendingDeletion: [
    ...video.pendingDeletion,
    ...Option.toArray(folderOf(video)).map((key) => ({ key, folder: true, at: now }))
  ]
})

/**
 * The live after its end, with the reason unless the stream ended or `stopLive` was called. Its segments stay until the
 * replay is made.
 */
export const over = (video: Video, error: Option.Option<string>, now: DateTime.Utc): Video => {
  const session = sessionOf(video)
  if (session === undefined || session.state === "ended") return video
  const why = session.state === "stopping" ? Option.none<string>() : error
  const ended: Video = {
    ...withSession(video, { ...session, state: "ended", error: why }, now),
    state: "LiveEnded",
    playlistKey: Option.none()
  }
  return isReplayDue(ended) ? ended : withoutFolder(ended, now)
}

/** The live as a video to be transcoded from its recordings. */
export const recorded = (video: Video, { media, sound, source, thumbnail }: Recordings, now: DateTime.Utc): Video => ({
  ...withoutFolder(video, now),
  state: "ToTranscode",
  sourceKey: Option.some(media),
  soundKey: sound,
  thumbnailKey: thumbnail,
  source,
  live: Option.map(video.live, (session) => ({ ...session, recorded: true })),
  updatedAt: now
})

/** The live without a replay, with the reason. */
export const unrecordable = (video: Video, why: string, now: DateTime.Utc): Video => ({
  ...withoutFolder({ ...video, pendingDeletion: scheduleDeletion(video, recordingsOf(video), now) }, now),
  live: Option.map(video.live, (session) => ({
    ...session,
    recorded: true,
    error: Option.orElseSome(session.error, () => why)
  })),
  updatedAt: now
})

/** Whether the folder of the live is still known and will be deleted later. Checked after each write into it. */
export const isFolderKept = (video: Video): boolean =>
  isOnAir(video) ||
  isReplayDue(video) ||
  Option.exists(video.live, ({ state }) => state === "stopping") ||
  Option.exists(folderOf(video), (folder) => video.pendingDeletion.some(({ key }) => key === folder))
