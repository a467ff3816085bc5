import { Option } from "effect"
import { FileKey } from "../FileKey.ts"
import { isLiveFileName, isLivePlaylist, liveFolder } from "../live/LiveFiles.ts"
import { isPlayerFile, isWorkFile, nameOf as lastName } from "../video/FileNames.ts"
import type { Video } from "../video/Video.ts"
import { keysInUse } from "../video/VideoMachine.ts"

/** A file of a video that players may read. */
export interface PlayerFile {
  readonly key: FileKey
  /** Whether its content changes under its name. */
  readonly changes: boolean
  /** The text in which it names other files: `playlist` is HLS, `track` is a WebVTT thumbnail track. */
  readonly names: "playlist" | "track" | "nothing"
  /** The folder of the files that it names, relative to its own URL: empty, or with a slash at the end. */
  readonly folder: string
}

/** The name that always opens the current master playlist of a video. Its own name changes with each version. */
export const MASTER = "master.m3u8"

/** The name of a file in the URLs of its video: its key below the folder of the video. */
export const nameOf = ({ destination }: Pick<Video, "destination">, key: FileKey): string =>
  key.startsWith(`${destination}/`) ? key.slice(destination.length + 1) : lastName(key)

/** Whether it is the playlist of a rendition whose chunks are still being made. */
const isGrowing = ({ chunking }: Video, key: FileKey): boolean =>
  Option.exists(chunking, ({ renditions }) => renditions.some(({ playlistKey }) => playlistKey === key))

const ofKey = (video: Video, key: FileKey, folder = ""): PlayerFile => ({
  key,
  changes: isLivePlaylist(key) || isGrowing(video, key),
  names: key.endsWith(".m3u8")
    ? "playlist"
    : Option.exists(video.storyboard, ({ trackKey }) => trackKey === key) || key.endsWith("-storyboard.vtt")
      ? "track"
      : "nothing",
  folder
})

/** The uploaded file and files that only runners read stay private, also while they wait for their deletion. */
const isPrivate = ({ soundKey, sourceKey }: Video, key: FileKey): boolean =>
  isWorkFile(key) || [sourceKey, soundKey].some(Option.contains(key))

/** The files in use, and those whose URLs players may still hold. */
const keysOf = (video: Video): ReadonlyArray<FileKey> => [
  ...keysInUse(video),
  ...video.pendingDeletion.flatMap(({ folder, key }) => (folder !== true && isPlayerFile(video, key) ? [key] : []))
]

const hasLiveFolder = ({ destination, live, pendingDeletion }: Video, folder: string): boolean =>
  Option.exists(live, ({ id }) => liveFolder(destination, id) === folder) ||
  pendingDeletion.some((file) => file.folder === true && file.key === folder)

/** A segment or a playlist of a live. The video does not list them. */
const liveFile = (video: Video, name: string): Option.Option<PlayerFile> => {
  const [, folder, file = ""] = /^(live-[0-9a-f-]{36})\/([^/]+)$/.exec(name) ?? []
  return folder !== undefined && isLiveFileName(file) && hasLiveFolder(video, `${video.destination}/${folder}`)
    ? Option.some(ofKey(video, FileKey.make(`${video.destination}/${name}`)))
    : Option.none()
}

const currentMaster = (video: Video): Option.Option<PlayerFile> =>
  Option.map(video.playlistKey, (key) => {
    const name = nameOf(video, key)
    return { ...ofKey(video, key, name.slice(0, name.lastIndexOf("/") + 1)), changes: true }
  })

/**
 * Finds the file that a URL names. Only names of files that players may read are found: never the source, files of runners,
 * or other files of the storage.
 */
export const find = (video: Video, name: string): Option.Option<PlayerFile> => {
  const key = keysOf(video).find((one) => nameOf(video, one) === name && !isPrivate(video, one))
  if (key !== undefined) return Option.some(ofKey(video, key))
  return name === MASTER ? currentMaster(video) : liveFile(video, name)
}
