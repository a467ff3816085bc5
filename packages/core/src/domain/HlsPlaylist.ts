import { Array as Arr, Option, Order } from "effect"
import { nameOf } from "./FileNames.ts"
import type { VideoFile } from "./Video.ts"

export * from "./MediaPlaylist.ts"

/** The sound has a file of its own when at least two files share the tracks and none has both. */
const isSplit = (files: ReadonlyArray<VideoFile>): boolean =>
  files.length >= 2 &&
  files.every((file) => !(file.hasVideo && file.hasAudio)) &&
  files.some((file) => file.hasVideo) &&
  files.some((file) => file.hasAudio)

const audioLine = (file: VideoFile): string =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",AUTOSELECT=YES,DEFAULT=YES,URI="${nameOf(file.playlistKey)}"`

/** Bits a second, rounded up. Without a duration the size stands in: some number has to be there. */
const bandwidth = (file: VideoFile): number =>
  Option.match(file.duration, { onNone: () => file.size, onSome: (seconds) => Math.ceil((file.size * 8) / seconds) })

/** Codecs are left out altogether when those of the video are not known: players then look for themselves. */
const codecs = (file: VideoFile, sound: Option.Option<VideoFile>): ReadonlyArray<string> =>
  file.codecs.length === 0
    ? []
    : [...file.codecs, ...Option.match(sound, { onNone: () => [], onSome: (_) => _.codecs })]

const streamLines = (file: VideoFile, sound: Option.Option<VideoFile>): ReadonlyArray<string> => {
  const names = codecs(file, sound)
  const attributes = [
    `BANDWIDTH=${bandwidth(file)}`,
    ...(file.resolution > 0 ? [`RESOLUTION=${file.width}x${file.height}`] : []),
    ...(file.fps > 0 ? [`FRAME-RATE=${file.fps}`] : []),
    ...(names.length > 0 ? [`CODECS="${names.join(",")}"`] : []),
    ...(Option.isSome(sound) ? ['AUDIO="audio"'] : [])
  ]
  return [`#EXT-X-STREAM-INF:${attributes.join(",")}`, nameOf(file.playlistKey)]
}

/**
 * The text of a master playlist, byte for byte as PeerTube writes it. It lies in the folder of the playlists it names.
 * A file of sound alone beside files that have their own sound is not listed.
 */
export const masterPlaylist = (files: ReadonlyArray<VideoFile>): string => {
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
    "",
    ...soundFiles.map(audioLine),
    "",
    ...streams.flatMap((file) => streamLines(file, Arr.head(soundFiles))),
    ""
  ].join("\n")
}
