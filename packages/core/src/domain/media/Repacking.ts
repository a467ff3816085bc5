import { Array as Arr, Option } from "effect"
import type { ProbeReport } from "./ProbeReport.ts"
import { isFramed, presentationStart, type SourceTracks, sourceTracks, type Track } from "./SourceTracks.ts"
import { fileStart } from "./StreamFacts.ts"

/** The tracks to be moved into MP4, on the clock of the file. */
export interface ToRepack {
  readonly tracks: Arr.NonEmptyReadonlyArray<number>
  /** Second of the first packet of the file. */
  readonly start: number
  /** Second at which the presentation begins. */
  readonly origin: number
}

/** The tracks of a file to be moved into MP4. None without tracks. */
export const toRepack = (
  report: ProbeReport,
  { audio, video }: Partial<Pick<SourceTracks, "audio" | "video">>
): Option.Option<ToRepack> => {
  const tracks = Arr.getSomes([video ?? Option.none<Track>(), audio ?? Option.none<Track>()])
  if (!Arr.isNonEmptyReadonlyArray(tracks)) return Option.none()
  return Option.some({
    tracks: Arr.map(tracks, ({ index }) => index),
    start: fileStart(report),
    origin: Math.min(...tracks.map((track) => presentationStart(track, report)))
  })
}

/**
 * The tracks to be moved into MP4 before a runner gets the source. Runners copy AAC into their HLS segments, which
 * FFmpeg refuses for frames with headers ("Malformed AAC bitstream"). None if the source can be used unchanged.
 */
export const sourceToRepack = (report: ProbeReport): Option.Option<ToRepack> => {
  const tracks = sourceTracks(report)
  return Option.exists(tracks.audio, (audio) => isFramed(audio, report)) ? toRepack(report, tracks) : Option.none()
}
