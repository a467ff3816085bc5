import { Context, type Duration, type Effect, Schema } from "effect"
import type { ProbeReport } from "../domain/media/ProbeReport.ts"
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
  operation: Schema.Literal("probe", "frame", "remux"),
  cause: Schema.Defect
}) {
  override get message(): string {
    return `The media probe failed (${this.operation})`
  }
}

/** Looks into media files. One call's trouble, even a crash, never touches another call. */
export class MediaProbe extends Context.Tag("@runner-connector/core/MediaProbe")<
  MediaProbe,
  {
    /**
     * What ffprobe says of the file. Fails with `UnreadableMedia` when no demuxer knows the bytes, when the file is
     * empty, or when its media data ends well before the duration that its header promises. An address of RTMP is a
     * live stream: `UnreadableMedia` when nothing comes from it, or this probe cannot play lives.
     */
    readonly probe: (source: MediaSource) => Effect.Effect<ProbeReport, UnreadableMedia | ProbeError>
    /** One JPEG picture of the video, upright, taken at the given moment or as near to it as there is a frame. */
    readonly frame: (
      source: MediaSource,
      at: Duration.Duration
    ) => Effect.Effect<Uint8Array, UnreadableMedia | ProbeError>
  }
>() {}
