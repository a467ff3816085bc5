import { FileKey, FileNames } from "@runner-connector/core"
import { Option, Schema } from "effect"
import type { VideoRow } from "../database/tables.ts"

const isBaseName = Schema.is(FileNames.BaseName)

/** A path of the original's storage as a key. None when it is absolute, empty or leads out of the storage. */
export const keyOf = (path: string): Option.Option<FileKey.FileKey> => {
  const plain = path.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "")
  return FileKey.isFileKey(plain) ? Option.some(FileKey.FileKey.make(plain)) : Option.none()
}

/** The folder and the name prefix of a video. None without a folder. A prefix that URLs would have to escape is left out. */
export const placeOf = ({ baseFilename, directory }: VideoRow): Option.Option<FileNames.Place> =>
  Option.map(keyOf(directory), (destination) => ({
    destination,
    baseName: Option.filter(Option.fromNullable(baseFilename), isBaseName)
  }))

/** Where a file may be whose row has a path, or a name in the folder of its video. */
export const candidates = (name: string | null, { destination }: FileNames.Place): ReadonlyArray<FileKey.FileKey> =>
  name === null
    ? []
    : [...new Set([...Option.toArray(keyOf(name)), ...Option.toArray(keyOf(`${destination}/${name}`))])]

/** True when the file lies directly in the folder, so that a playlist there can name it. */
export const isIn = (key: FileKey.FileKey, { destination }: FileNames.Place): boolean =>
  key === `${destination}/${FileNames.nameOf(key)}`

/** Where the playlist of a fragmented MP4 file may be. */
export const playlistCandidates = (media: FileKey.FileKey): ReadonlyArray<FileKey.FileKey> =>
  [media.replace(/-fragmented\.mp4$/, ".m3u8"), media.replace(/\.mp4$/, ".m3u8")]
    .filter((key, index, all) => key !== media && all.indexOf(key) === index)
    .map((key) => FileKey.FileKey.make(key))
