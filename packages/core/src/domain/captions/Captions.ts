import { Array as Arr, Option, Order, Schema } from "effect"
import { FileKey } from "../FileKey.ts"
import { Language } from "./Languages.ts"

/** The text of a video in one language. */
export const Caption = Schema.Struct({
  language: Language,
  /** The label for viewers. */
  label: Schema.String,
  /** Made by a program. A version made by a person replaces it, and it never replaces one made by a person. */
  automatic: Schema.Boolean,
  /** The WebVTT file. */
  key: FileKey,
  /** The playlist that lists the file, for HLS players. */
  playlistKey: FileKey
})
export type Caption = typeof Caption.Type

/** The captions after a change, and the files that are no longer used. */
export interface CaptionChange {
  readonly captions: ReadonlyArray<Caption>
  readonly freed: ReadonlyArray<FileKey>
}

const keysOf = (captions: ReadonlyArray<Caption>): ReadonlyArray<FileKey> =>
  captions.flatMap(({ key, playlistKey }) => [key, playlistKey])

const byLanguage = Order.mapInput(Order.string, ({ language }: Caption) => language)

/**
 * Adds captions in the order of language codes, replacing those in the same language. None when a version made by a
 * person must not be replaced.
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

/** Removes the captions in this language. */
export const removeCaption = (captions: ReadonlyArray<Caption>, language: Language): CaptionChange => {
  const [kept, removed] = Arr.partition(captions, (caption) => caption.language === language)
  return { captions: kept, freed: keysOf(removed) }
}

/** The playlist of a captions file: one segment as long as the video. It lies beside the file. */
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
