import { type FileNames, PictureFilters } from "@runner-connector/ffmpeg"
import { Option } from "effect"
import { encoderArguments, type VideoEncoder } from "../encoder/VideoEncoder.ts"
import { nothingElse, soundEncoder } from "../encoders.ts"
import type { LivePicture, LivePlan } from "./LivePlan.ts"

/** Maximum seconds between two key frames. */
const KEY_FRAME_SECONDS = 2

/** The master playlist, which lists all variants. */
export const MASTER = "master.m3u8"

/** Returns the name of the playlist of one variant. */
export const playlistName = (variant: number): string => `${variant}.m3u8`

/** The name prefix of a variant's segments. */
export const chunkPrefix = (variant: number): string => `${variant}-`

/** Converts the source to progressive SDR with square pixels, a constant frame rate and 8 bits. */
const pictureFilters = (
  { fps, height, isInterlaced, transfer, width }: LivePicture,
  encoder: VideoEncoder
): ReadonlyArray<string> => [
  ...PictureFilters.deinterlacing(isInterlaced),
  `scale=${width}:${height}`,
  ...PictureFilters.toneMapping(transfer),
  ...["setsar=1", `fps=${fps}`],
  ...encoder.filters
]

/** Forces key frames, where segments can start. */
const pictureArguments = (
  picture: LivePicture,
  index: number,
  { encoder, keyFrameSeconds }: { readonly encoder: VideoEncoder; readonly keyFrameSeconds: number }
): ReadonlyArray<string> => [
  ...["-map", "0:v:0", `-filter:v:${index}`, pictureFilters(picture, encoder).join(",")],
  ...encoderArguments(encoder, { ...picture, keyFrameSeconds }, `v:${index}`)
]

const variantMap = ({ pictures, sound }: LivePlan): string => {
  const isSplit = Option.isSome(sound) && pictures.length > 0
  const group = isSplit ? ",agroup:Audio" : ""
  return [
    ...(Option.isSome(sound) ? [`a:0${group}${isSplit ? ",default:yes" : ""}`] : []),
    ...pictures.map((_, index) => `v:${index}${group}`)
  ].join(" ")
}

/**
 * Builds the command of a live stream. Streams are selected by kind instead of number, because their order depends on
 * the connection. `temp_file` makes segments and playlists visible only when they are finished. Segments that left the
 * playlist are kept for the duration of one playlist plus one segment, so that slow players and the server can still
 * read them.
 */
export const liveArguments = (plan: LivePlan, encoder: VideoEncoder, names: FileNames): ReadonlyArray<string> => {
  const { pictures, segmentDuration, segmentListSize, sound } = plan
  const keyFrameSeconds = segmentDuration / Math.ceil(segmentDuration / KEY_FRAME_SECONDS)
  return [
    ...["-nostats", "-loglevel", "warning", ...encoder.device, "-i", names.input(0)],
    ...pictures.flatMap((picture, index) => pictureArguments(picture, index, { encoder, keyFrameSeconds })),
    ...(pictures.length > 0 ? [] : ["-vn"]),
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
