import { Option, Schema } from "effect"
import { type FileKey, folded, inFolder } from "../FileKey.ts"
import { isWaiting } from "../job/CustomUploads.ts"
import type { Video } from "./Video.ts"

/**
 * The start of all file names of a video, chosen by the host: one segment of at most 100 ASCII letters, digits, `.`,
 * `_` and `-` that begins with a letter or digit. It needs no escaping in a playlist, a URL or a file system, and
 * leaves room for the rest of the name under the usual 255 bytes.
 */
export const BaseName = Schema.String.pipe(
  Schema.pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    message: () => "expected at most 100 letters, digits, '.', '_' or '-', beginning with a letter or digit"
  })
)
export type BaseName = typeof BaseName.Type

/** The folder and the name prefix of the files of a video. */
export type Place = Pick<Video, "destination" | "baseName">

const key = (place: Place, uuid: string, rest: string): FileKey =>
  inFolder(
    place.destination,
    `${Option.match(place.baseName, { onNone: () => "", onSome: (name) => `${name}-` })}${uuid}-${rest}`
  )

/** The media file of a rendition. The uuid is the id of its attempt, so that no retry overwrites a published file. */
export const mediaKey = (place: Place, uuid: string, resolution: number): FileKey =>
  key(place, uuid, `${resolution}-fragmented.mp4`)

/** The playlist of a rendition, beside its media file. */
export const playlistKey = (place: Place, uuid: string, resolution: number): FileKey =>
  key(place, uuid, `${resolution}.m3u8`)

/** The master playlist. A new uuid for each version. */
export const masterKey = (place: Place, uuid: string): FileKey => key(place, uuid, "master.m3u8")

/** The thumbnail. */
export const thumbnailKey = (place: Place, uuid: string, extension: "jpg" | "png" = "jpg"): FileKey =>
  key(place, uuid, `thumbnail.${extension}`)

/** A progressive file. */
export const webVideoKey = (place: Place, uuid: string, resolution: number): FileKey =>
  key(place, uuid, `${resolution}.mp4`)

/**
 * Captions as WebVTT. The name has no language: only the result contains it, and cleaning up after a crash has no
 * result.
 */
export const captionKey = (place: Place, uuid: string): FileKey => key(place, uuid, "caption.vtt")

/** The playlist of a captions file, beside it. */
export const captionPlaylistKey = (place: Place, uuid: string): FileKey => key(place, uuid, "caption.m3u8")

/**
 * A source that the connector has made: the result of an edit, or the copy of a file that is edited into a new video.
 */
export const editedSourceKey = (place: Place, uuid: string, extension = "mp4"): FileKey =>
  key(place, uuid, `source.${extension}`)

const uuidIn = "(?:^|-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
const editedSource = new RegExp(`${uuidIn}-source\\.[a-z0-9]{1,8}$`)
const recording = new RegExp(`${uuidIn}-recording(?:-\\d+\\.ts|\\.mp4)$`)
const repackedSource = new RegExp(`${uuidIn}-repacked\\.mp4$`)
const chunkOfSource = new RegExp(`${uuidIn}-chunk(?:-audio)?\\.[a-z0-9]{1,8}$`)

/** True for a source that an edit stored in this folder. It may be deleted even if the host keeps its own file. */
export const isEditedSource = (place: Pick<Place, "destination">, fileKey: FileKey): boolean =>
  fileKey === inFolder(place.destination, nameOf(fileKey)) && editedSource.test(nameOf(fileKey))

/** A source from the host, moved into MP4 for the runners. */
export const repackedSourceKey = (place: Place, uuid: string): FileKey => key(place, uuid, "repacked.mp4")

/** True for a source that was moved into MP4 in this folder. */
export const isRepackedSource = (place: Pick<Place, "destination">, fileKey: FileKey): boolean =>
  fileKey === inFolder(place.destination, nameOf(fileKey)) && repackedSource.test(nameOf(fileKey))

/** A chunk of the picture of a source, for runners. The uuid is new for each. */
export const chunkKey = (place: Place, uuid: string): FileKey => key(place, uuid, "chunk.mp4")

/** The audio of a source, for runners. */
export const chunkSoundKey = (place: Place, uuid: string, extension: string): FileKey =>
  key(place, uuid, `chunk-audio.${extension}`)

/** The storyboard, a JPEG. */
export const storyboardKey = (place: Place, uuid: string): FileKey => key(place, uuid, "storyboard.jpg")

/** The thumbnail track of the storyboard, beside it. */
export const storyboardTrackKey = (place: Place, uuid: string): FileKey => key(place, uuid, "storyboard.vtt")

/** The joined segments of one variant of a live. The uuid is the id of its session. */
export const recordedVariantKey = (place: Place, uuid: string, variant: number): FileKey =>
  key(place, uuid, `recording-${variant}.ts`)

/** The recording of a live: its video and audio in one MP4 file. The uuid is the id of its session. */
export const recordingKey = (place: Place, uuid: string): FileKey => key(place, uuid, "recording.mp4")

const playerFile = new RegExp(
  `${uuidIn}-(?:\\d+-fragmented\\.mp4|(?:\\d+|master|caption)\\.m3u8|\\d+\\.mp4|thumbnail\\.(?:jpg|png)|caption\\.vtt|storyboard\\.(?:jpg|vtt))$`
)

/** True for a file of this folder that has the name of a file for players. */
export const isPlayerFile = (place: Pick<Place, "destination">, fileKey: FileKey): boolean =>
  fileKey === inFolder(place.destination, nameOf(fileKey)) && playerFile.test(nameOf(fileKey))

/**
 * True for files that only runners may read: sources made by edits, lives, repacking and cutting, and uploads of runners
 * that have not been checked yet. A host that serves results must serve none of these. Holds on file systems that ignore case, too.
 */
export const isWorkFile = (fileKey: FileKey): boolean => {
  const key = folded(fileKey)
  return (
    [editedSource, recording, repackedSource, chunkOfSource].some((name) => name.test(nameOf(key))) || isWaiting(key)
  )
}

/** The name of the file from the host in the storage. Results of edits and of repacking have generated names. */
const handedIn = ({ live, soundKey, sourceKey }: Named): Option.Option<string> =>
  Option.orElse(sourceKey, () => soundKey).pipe(
    Option.filter((fileKey) => Option.isNone(live) && !isWorkFile(fileKey)),
    Option.map(nameOf)
  )

type Named = Pick<Video, "title" | "fileName" | "baseName" | "destination" | "live" | "sourceKey" | "soundKey">

/** The text under which people find the video: its title, or else the best name that is known. */
export const displayName = (video: Named): string =>
  Option.firstSomeOf([video.title, video.fileName, handedIn(video), video.baseName]).pipe(
    Option.getOrElse(() => nameOf(video.destination))
  )

/** The last segment of a key. Files of one folder refer to each other by it. */
export const nameOf = (fileKey: string): string => fileKey.slice(fileKey.lastIndexOf("/") + 1)

/**
 * The prefix of the files that are made from the client's file: the ASCII letters and digits of its name. None when it
 * has none.
 */
export const baseNameOf = (name: string): string | undefined =>
  name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 80) || undefined

/** The name of a file in storage, from the client's name: safe on every file system and in every URL. */
export const safeNameOf = (name: string): string =>
  `${baseNameOf(name) ?? "video"}${/\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? ""}`
