import { Context, type Duration, type Effect, Schema } from "effect"
import type { ProbeReport } from "../domain/media/ProbeReport.ts"
import type { TrackPackets } from "../domain/mp4/index.ts"
import type { MediaSource } from "./FileStorage.ts"

/** The file is at fault: empty, cut off, or not media. Retrying does not help. */
export class UnreadableMedia extends Schema.TaggedError<UnreadableMedia>()("UnreadableMedia", {
  /** A sentence for the person who uploaded the file. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The probe is at fault: it could not start, was too slow, or crashed. The file may be good. */
export class ProbeError extends Schema.TaggedError<ProbeError>()("ProbeError", {
  operation: Schema.Literal("probe", "frame", "remux", "cut"),
  cause: Schema.Defect
}) {
  override get message(): string {
    return `The media probe failed (${this.operation})`
  }
}

/** Reads media files. A crash or error of one call never affects another. */
export class MediaProbe extends Context.Tag("@runner-connector/core/MediaProbe")<
  MediaProbe,
  {
    /**
     * The report of ffprobe. Fails with `UnreadableMedia` when no demuxer knows the bytes, when the file is empty, or
     * when its media ends well before the duration in its header. An RTMP URL is a live stream: `UnreadableMedia` when
     * nothing arrives, or when this probe cannot play lives. `full` holds what ffprobe printed, within the limits of
     * `FullReport`. With the packets that the boxes of the file list, as `Mp4Packets.packetsOf` finds them, its boxes are not
     * read again.
     */
    readonly probe: (
      source: MediaSource,
      packets?: Effect.Effect<ReadonlyArray<TrackPackets>>
    ) => Effect.Effect<ProbeReport, UnreadableMedia | ProbeError>
    /**
     * One JPEG picture of the video, upright, from the frame nearest to the given time. With the report that `probe` gave of
     * this file, the file is not examined again.
     */
    readonly frame: (
      source: MediaSource,
      at: Duration.Duration,
      report?: ProbeReport
    ) => Effect.Effect<Uint8Array, UnreadableMedia | ProbeError>
  }
>() {}
