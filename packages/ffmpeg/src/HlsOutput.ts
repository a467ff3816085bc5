/** The files of an HLS rendition, as FFmpeg gets their names, and when it begins. */
export interface HlsOutput {
  readonly media: string
  readonly playlist: string
  /** Seconds that are added to the times of the input. */
  readonly start: number
}

/** Segment duration in seconds. Segments start at every second key frame. */
const SEGMENT_SECONDS = 4

/**
 * Disables edit lists. FFmpeg would write them for B-frames and for the AAC priming samples. Media Source Extensions
 * ignore edit lists, so the audio would play before the video.
 */
const plainTimes = (start: number): ReadonlyArray<string> => [
  ...["-avoid_negative_ts", "disabled", "-output_ts_offset", start.toFixed(6)],
  ...["-hls_segment_options", "movflags=+frag_discont:use_editlist=0:avoid_negative_ts=disabled"]
]

/** Options for fragmented MP4 in one file, with a playlist of its segments. */
export const asArguments = ({ media, playlist, start }: HlsOutput): ReadonlyArray<string> => [
  ...plainTimes(start),
  ...["-f", "hls", "-hls_time", `${SEGMENT_SECONDS}`, "-hls_playlist_type", "vod"],
  ...["-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
  ...["-hls_segment_filename", media, playlist]
]
