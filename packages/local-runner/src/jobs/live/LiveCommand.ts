import { type FileNames, PictureFilters } from "@runner-connector/ffmpeg"
import { Option } from "effect"
import { nothingElse, soundEncoder } from "../encoders.ts"
import type { LivePicture, LivePlan } from "./LivePlan.ts"

/** Seconds between two key frames, at most. */
const KEY_FRAME_SECONDS = 2

/** The real runner's choice. */
const PRESET = "veryfast"

/** The playlist of all variants. */
export const MASTER = "master.m3u8"

/** The playlist of one variant. */
export const playlistName = (variant: number): string => `${variant}.m3u8`

/** What the names of a variant's segments begin with. */
export const chunkPrefix = (variant: number): string => `${variant}-`

/** Progressive, SDR, square pixels, a constant rate and 8 bits. */
const pictureFilters = ({ fps, height, isInterlaced, transfer, width }: LivePicture): ReadonlyArray<string> => [
  ...PictureFilters.deinterlacing(isInterlaced),
  `scale=${width}:${height}`,
  ...PictureFilters.toneMapping(transfer),
  ...["setsar=1", `fps=${fps}`, "format=yuv420p"]
]

/** A segment can begin at every key frame that is forced. */
const pictureArguments = (picture: LivePicture, index: number, keyFrames: number): ReadonlyArray<string> => {
  const { fps, limit } = picture
  const of = `v:${index}`
  return [
    ...["-map", "0:v:0", `-filter:${of}`, pictureFilters(picture).join(",")],
    ...[`-maxrate:${of}`, `${limit.maxrate}`, `-bufsize:${of}`, `${limit.bufsize}`],
    ...[`-g:${of}`, `${Math.max(1, Math.round(keyFrames * fps))}`],
    ...[`-force_key_frames:${of}`, `expr:gte(t,n_forced*${keyFrames})`]
  ]
}

const variantMap = ({ pictures, sound }: LivePlan): string => {
  const isSplit = Option.isSome(sound) && pictures.length > 0
  const group = isSplit ? ",agroup:Audio" : ""
  return [
    ...(Option.isSome(sound) ? [`a:0${group}${isSplit ? ",default:yes" : ""}`] : []),
    ...pictures.map((_, index) => `v:${index}${group}`)
  ].join(" ")
}

/**
 * The command line of a live. Streams are named by their kind and not by their number, which depends on what comes
 * first over a connection. With `temp_file` every name in the folder stands for a finished file, a playlist included. A
 * segment that fell out of the playlist is kept for as long as the playlist lasts and one more: so long may players that
 * are behind ask for it, and so long may the server take over it.
 */
export const liveArguments = (plan: LivePlan, names: FileNames): ReadonlyArray<string> => {
  const { pictures, segmentDuration, segmentListSize, sound } = plan
  const keyFrames = segmentDuration / Math.ceil(segmentDuration / KEY_FRAME_SECONDS)
  return [
    ...["-nostats", "-loglevel", "warning", "-i", names.input(0)],
    ...pictures.flatMap((picture, index) => pictureArguments(picture, index, keyFrames)),
    ...(pictures.length > 0 ? ["-c:v", "libx264", "-preset", PRESET] : ["-vn"]),
    ...Option.match(sound, {
      onNone: () => ["-an"],
      onSome: (coding) => ["-map", "0:a:0", "-af", "aresample=async=1", ...soundEncoder(coding)]
    }),
    ...nothingElse,
    ...["-f", "hls", "-hls_time", `${segmentDuration}`, "-hls_list_size", `${segmentListSize}`],
    ...["-hls_delete_threshold", `${segmentListSize + 1}`],
    ...["-hls_flags", "delete_segments+independent_segments+program_date_time+temp_file"],
    ...["-hls_segment_filename", names.output("%v-%06d.ts"), "-master_pl_name", MASTER],
    ...["-var_stream_map", variantMap(plan), names.output("%v.m3u8")]
  ]
}
