import { Array as Arr, Option, Order } from "effect"
import type { Caption } from "../captions/Captions.ts"
import { nameOf } from "../video/FileNames.ts"
import type { VideoFile } from "../video/Video.ts"

export * from "./MediaPlaylist.ts"
export * from "./PlaylistTimes.ts"

/** True when at least two files share the tracks and none has both. */
const isSplit = (files: ReadonlyArray<VideoFile>): boolean =>
  files.length >= 2 &&
  files.every((file) => !(file.hasVideo && file.hasAudio)) &&
  files.some((file) => file.hasVideo) &&
  files.some((file) => file.hasAudio)

const audioLine = (file: VideoFile): string =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",AUTOSELECT=YES,DEFAULT=YES,URI="${nameOf(file.playlistKey)}"`

/** The captions as the master playlist lists them. */
export type SubtitleTrack = Pick<Caption, "label" | "language" | "playlistKey">

/** Text for a quoted string of a playlist, which has no escapes. */
const quotable = (text: string): string => text.replaceAll('"', "'").replace(/[\p{Cc}\u2028\u2029]+/gu, " ")

const subtitleLine = ({ label, language, playlistKey }: SubtitleTrack): string =>
  '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",' +
  `NAME="${quotable(label)}",DEFAULT=NO,AUTOSELECT=NO,FORCED=NO,LANGUAGE="${language}",URI="${nameOf(playlistKey)}"`

/** Bits per second, rounded up. Without a duration the size is used, because a number is required. */
const bandwidth = (file: VideoFile): number =>
  Option.match(file.duration, { onNone: () => file.size, onSome: (seconds) => Math.ceil((file.size * 8) / seconds) })

/** Omits codecs when those of the video are unknown. Players then detect them. */
const codecs = (file: VideoFile, sound: Option.Option<VideoFile>): ReadonlyArray<string> =>
  file.codecs.length === 0
    ? []
    : [...file.codecs, ...Option.match(sound, { onNone: () => [], onSome: (_) => _.codecs })]

const streamLines = (
  file: VideoFile,
  sound: Option.Option<VideoFile>,
  captions: ReadonlyArray<SubtitleTrack>
): ReadonlyArray<string> => {
  const names = codecs(file, sound)
  const attributes = [
    `BANDWIDTH=${bandwidth(file)}`,
    ...(file.resolution > 0 ? [`RESOLUTION=${file.width}x${file.height}`] : []),
    ...(file.fps > 0 ? [`FRAME-RATE=${file.fps}`] : []),
    ...(file.videoRange === undefined ? [] : [`VIDEO-RANGE=${file.videoRange}`]),
    ...(names.length > 0 ? [`CODECS="${names.join(",")}"`] : []),
    ...(Option.isSome(sound) ? ['AUDIO="audio"'] : []),
    ...(captions.length > 0 ? ['SUBTITLES="subtitles"'] : [])
  ]
  return [`#EXT-X-STREAM-INF:${attributes.join(",")}`, nameOf(file.playlistKey)]
}

/**
 * The text of a master playlist, byte for byte as PeerTube writes it, except that HDR renditions are marked, because
 * players take all others for SDR. It lies in the folder of its media playlists. An audio-only file is not listed when
 * the other files have their own audio. Captions keep the given order.
 */
export const masterPlaylist = (
  files: ReadonlyArray<VideoFile>,
  captions: ReadonlyArray<SubtitleTrack> = []
): string => {
  const sorted = Arr.sort(
    files,
    Order.mapInput(Order.number, (file: VideoFile) => file.resolution)
  )
  const soundFiles = isSplit(sorted) ? sorted.filter((file) => file.resolution === 0) : []
  const streams = sorted.filter((file) => file.resolution > 0 || sorted.length === 1)
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:3",
    "",
    ...captions.map(subtitleLine),
    "",
    ...soundFiles.map(audioLine),
    "",
    ...streams.flatMap((file) => streamLines(file, Arr.head(soundFiles), captions)),
    ""
  ].join("\n")
}
