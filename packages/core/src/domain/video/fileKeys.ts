import type { FileKey } from "../FileKey.ts"
import type { Chunking } from "./Chunking.ts"
import type { VideoFile } from "./Video.ts"

/** The files of a rendition: its playlist and its media. */
export const keysOfRendition = ({ key, parts, playlistKey }: VideoFile): ReadonlyArray<FileKey> => [
  playlistKey,
  ...(parts?.map((part) => part.key) ?? [key])
]

/** The inputs of runners that were cut out of the source. */
export const keysOfInputs = ({ chunks, sound }: Pick<Chunking, "chunks" | "sound">): ReadonlyArray<FileKey> => [
  ...chunks.map(({ key }) => key),
  ...(sound._tag === "Some" ? [sound.value.key] : [])
]

/** The files of renditions that are not complete yet. A playlist may not have been written. */
export const keysOfUnfinished = ({ renditions }: Pick<Chunking, "renditions">): ReadonlyArray<FileKey> =>
  renditions.flatMap(({ parts, playlistKey }) => [playlistKey, ...parts.map(({ key }) => key)])
