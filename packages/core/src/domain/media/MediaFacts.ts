import { Array as Arr, Either, Option, Schema } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import { isPlainPicture } from "./CopyRule.ts"
import type { ProbeReport, ProbeStream } from "./ProbeReport.ts"
import { MAX_CHANNELS, type SourceTracks, sourceTracks, spansOf, type Track } from "./SourceTracks.ts"
import { formatNames, hasPicture, isPictureFile, positive } from "./StreamFacts.ts"

/**
 * The file is readable, but has no video and no audio that can be transcoded. The message is for the person who
 * uploaded it.
 */
export class NotMedia extends Schema.TaggedError<NotMedia>()("NotMedia", {
  kind: Schema.Literal("Picture", "Playlist", "Text", "NoStreams", "Undecodable"),
  message: Schema.String
}) {}

const playlistFormats = new Set(["hls", "applehttp", "dash", "concat", "concatf", "sdp", "rtsp", "imf"])
const textFormats = new Set(["tty", "ass", "srt", "webvtt", "lrc", "ffmetadata"])

/** The facts of a still picture. None for every other file. */
export const pictureStream = (report: ProbeReport): Option.Option<ProbeStream> =>
  isPictureFile(report) ? Arr.findFirst(report.streams, hasPicture) : Option.none()

/** Degrees, from the display matrix or, in older files, from a tag. 0 without both. */
const rotation = (stream: ProbeStream): number => {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation
  const degrees = matrix ?? Number(stream.tags?.rotate)
  return Number.isFinite(degrees) ? degrees : 0
}

const shownSize = (stream: ProbeStream): { readonly width: number; readonly height: number } => {
  const { height = 0, width = 0 } = stream
  return Math.abs(rotation(stream)) % 180 === 90 ? { width: height, height: width } : { width, height }
}

/** Whole frames per second, at least 1. 0 when unknown. */
const wholeFps = (track: Track): number =>
  Option.match(track.fps, { onNone: () => 0, onSome: (fps) => Math.max(1, Math.round(fps)) })

/**
 * The facts in a report of a probe. Never fails, whatever the report lacks. The size is that of the report, otherwise
 * the one that the caller knows, otherwise 0.
 */
export const summarize = (report: ProbeReport, known: { readonly size?: number } = {}): MediaSummary => {
  const tracks = sourceTracks(report)
  const { audio, duration, video } = tracks
  return {
    duration,
    size: Option.getOrElse(Option.map(positive(report.format.size), Math.round), () => known.size ?? 0),
    hasVideo: Option.isSome(video),
    hasAudio: Option.isSome(audio),
    ...Option.match(video, { onNone: () => ({ width: 0, height: 0 }), onSome: ({ stream }) => shownSize(stream) }),
    fps: Option.match(video, { onNone: () => 0, onSome: wholeFps }),
    ...(Option.exists(video, (track) => isPlainPicture(track, positive(report.format.bit_rate)))
      ? { isPlain: true as const }
      : {}),
    ...spansOf(tracks)
  }
}

const notMedia = (kind: NotMedia["kind"], message: string): Either.Either<never, NotMedia> =>
  Either.left(new NotMedia({ kind, message }))

const nameOf = { video: "The video", audio: "The sound" } as const

/** Why none of the tracks of this kind can be transcoded. None when one can, or when there are no such tracks. */
const whyUndecodable = ({ all, audio, video }: SourceTracks, kind: "video" | "audio"): Option.Option<string> => {
  const track = all.find((candidate) => candidate.kind === kind)
  if (track === undefined || Option.isSome(kind === "video" ? video : audio)) return Option.none()
  const codec = Option.getOrElse(track.codec, () => "unknown")
  const { undecodable } = track.stream
  if (track.channels > MAX_CHANNELS) {
    return Option.some(`The sound has ${track.channels} channels: at most ${MAX_CHANNELS} can be transcoded.`)
  }
  if (undecodable === "encrypted")
    return Option.some(`${nameOf[kind]} is encrypted: it cannot be decoded without its key.`)
  return undecodable === "noFrames"
    ? Option.some(`${nameOf[kind]} (${codec}) is damaged: it cannot be decoded.`)
    : Option.some(`${nameOf[kind]} has a codec (${codec}) that this server cannot decode.`)
}

/**
 * The summary of a file that can be transcoded: one with video or audio. Rejects files whose video or audio cannot be
 * decoded, pictures, including animated ones, and files that only list other files, because the server would fetch
 * those.
 */
export const isUsable = (
  report: ProbeReport,
  known: { readonly size?: number } = {}
): Either.Either<MediaSummary, NotMedia> => {
  const formats = formatNames(report)
  if (formats.some((name) => playlistFormats.has(name))) {
    return notMedia("Playlist", "The file is a list of other files, not a video or a sound recording.")
  }
  if (formats.some((name) => textFormats.has(name))) {
    return notMedia("Text", "The file is a text, not a video or a sound recording.")
  }
  const tracks = sourceTracks(report)
  const undecodable = Option.orElse(whyUndecodable(tracks, "video"), () => whyUndecodable(tracks, "audio"))
  if (Option.isSome(undecodable)) return notMedia("Undecodable", undecodable.value)
  const summary = summarize(report, known)
  if (summary.hasVideo || summary.hasAudio) return Either.right(summary)
  return report.streams.some((stream) => hasPicture(stream))
    ? notMedia("Picture", "The file is a picture, not a video or a sound recording.")
    : notMedia("NoStreams", "The file has neither a video nor a sound track.")
}
