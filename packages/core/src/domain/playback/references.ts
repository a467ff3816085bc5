import { mapUris } from "../hls/PlaylistUris.ts"
import { mapPictures } from "../storyboard/Storyboard.ts"
import type { PlayerFile } from "./PlayerFiles.ts"

type Kind = PlayerFile["names"]

const maps: Readonly<Record<Kind, (text: string, change: (uri: string) => string) => string>> = {
  playlist: mapUris,
  track: mapPictures,
  nothing: (text) => text
}

/** The files that a playlist or a thumbnail track names, each once. URLs of other places are left out. */
export const referencesOf = (kind: Kind, text: string): ReadonlyArray<string> => {
  const found = new Set<string>()
  maps[kind](text, (uri) => {
    found.add(uri)
    return uri
  })
  return [...found].filter(isOwn)
}

/** Whether it is the plain name of a file beside. */
const isOwn = (uri: string): boolean => /^[^/:?#\\]+$/.test(uri)

/** Replaces the names of these files. */
export const replaceReferences = (kind: Kind, text: string, changed: ReadonlyMap<string, string>): string =>
  maps[kind](text, (uri) => changed.get(uri) ?? uri)
