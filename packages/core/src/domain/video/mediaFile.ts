import { Option } from "effect"
import { codecsOf, videoRangeOf } from "../hls/HlsCodecs.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { ProbeReport } from "../media/ProbeReport.ts"
import type { WebVideo } from "./Video.ts"

/** The file of a video that has these facts. Without a report its codecs are unknown. */
export const mediaFile = (
  report: Option.Option<ProbeReport>,
  { duration, fps, hasAudio, hasVideo, height, size, width }: MediaSummary,
  names: Pick<WebVideo, "attemptId" | "key">
): WebVideo => ({
  ...names,
  resolution: hasVideo ? Math.min(width, height) : 0,
  fps: Math.round(fps),
  width,
  height,
  size,
  duration,
  hasVideo,
  hasAudio,
  codecs: Option.match(report, { onNone: () => [], onSome: codecsOf }),
  ...Option.match(Option.flatMap(report, videoRangeOf), {
    onNone: () => ({}),
    onSome: (videoRange) => ({ videoRange })
  })
})
