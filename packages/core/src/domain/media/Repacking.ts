import { Array as Arr, Option } from "effect"
import type { ProbeReport } from "./ProbeReport.ts"
import { sourceTracks } from "./SourceTracks.ts"
import { formatNames } from "./StreamFacts.ts"

/** Containers in which each AAC frame has a header of its own (ADTS). */
const framed = new Set(["mpegts", "mpeg", "aac", "avi"])

/**
 * The tracks to be moved into MP4 before a runner gets the source: runners copy AAC into their HLS segments, and FFmpeg
 * refuses to do so with headers in its frames ("Malformed AAC bitstream"). None if the source can stay as it is.
 */
export const tracksToRepack = (report: ProbeReport): Option.Option<Arr.NonEmptyReadonlyArray<number>> => {
  const { audio, video } = sourceTracks(report)
  const isFramed = Option.exists(audio, ({ codec }) => Option.contains(codec, "aac"))
  const tracks = Arr.getSomes([video, audio]).map(({ index }) => index)
  return isFramed && formatNames(report).some((name) => framed.has(name)) && Arr.isNonEmptyReadonlyArray(tracks)
    ? Option.some(tracks)
    : Option.none()
}
