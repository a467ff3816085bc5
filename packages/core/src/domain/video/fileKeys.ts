import { Option } from "effect"
import type { FileKey } from "../FileKey.ts"
import type { Chunking } from "./Chunking.ts"
import type { VideoFile } from "./Video.ts"

/** The files of a rendition: its media and its playlist. */
export const keysOfRendition = ({ key, parts, playlistKey }: VideoFile): ReadonlyArray<FileKey> => [
  ...(parts?.map((part) => part.key) ?? [key]),
  playlistKey
]

/** The inputs of runners that were cut out of the source. */
export const keysOfInputs = ({ chunks, sound }: Pick<Chunking, "chunks" | "sound">): ReadonlyArray<FileKey> => [
  ...chunks.map(({ key }) => key),
  ...Option.toArray(sound).map(({ key }) => key)
]

/** The files of renditions that are not complete yet. A playlist may not have been written. */
export const keysOfUnfinished = ({ renditions }: Pick<Chunking, "renditions">): ReadonlyArray<FileKey> =>
  renditions.flatMap(({ parts, playlistKey }) => [playlistKey, ...parts.map(({ key }) => key)])
