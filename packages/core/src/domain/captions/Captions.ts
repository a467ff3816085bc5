import { Array as Arr, Option, Order, Schema } from "effect"
import { FileKey } from "../FileKey.ts"
import { Language } from "./Languages.ts"

/** What is said in a video, in one language, to be read along. */
export const Caption = Schema.Struct({
  language: Language,
  /** What people choose it by. */
  label: Schema.String,
  /** Made by a machine: gives way to one that a person wrote, and never replaces one. */
  automatic: Schema.Boolean,
  /** The WebVTT file. */
  key: FileKey,
  /** The playlist that names it, by which HLS players find it. */
  playlistKey: FileKey
})
export type Caption = typeof Caption.Type

/** The captions after a change, and the files that nothing refers to any more. */
export interface CaptionChange {
  readonly captions: ReadonlyArray<Caption>
  readonly freed: ReadonlyArray<FileKey>
}

const keysOf = (captions: ReadonlyArray<Caption>): ReadonlyArray<FileKey> =>
  captions.flatMap(({ key, playlistKey }) => [key, playlistKey])

const byLanguage = Order.mapInput(Order.string, ({ language }: Caption) => language)

/**
 * The captions with this one among them, in order of their codes; it takes the place of the one in its language. None
 * when that one was written by a person and this one was not: then nothing is to be changed.
 */
export const addCaption = (captions: ReadonlyArray<Caption>, added: Caption): Option.Option<CaptionChange> => {
  const [others, same] = Arr.partition(captions, ({ language }) => language === added.language)
  if (added.automatic && same.some(({ automatic }) => !automatic)) return Option.none()
  const inUse = new Set(keysOf([added]))
  return Option.some({
    captions: Arr.sort([...others, added], byLanguage),
    freed: keysOf(same).filter((key) => !inUse.has(key))
  })
}

/** The captions without those in this language. */
export const removeCaption = (captions: ReadonlyArray<Caption>, language: Language): CaptionChange => {
  const [kept, removed] = Arr.partition(captions, (caption) => caption.language === language)
  return { captions: kept, freed: keysOf(removed) }
}

/**
 * The playlist of a captions file, one segment as long as the video, for players that find captions through HLS. It
 * lies beside the file it names.
 */
export const subtitlePlaylist = (vttName: string, duration: number): string =>
  [
    "#EXTM3U",
    "#EXT-X-VERSION:3",
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.ceil(duration))}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXTINF:${duration.toFixed(3)},`,
    vttName,
    "#EXT-X-ENDLIST",
    ""
  ].join("\n")
