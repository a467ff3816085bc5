import { Effect, Option, Schema } from "effect"
import { over } from "../domain/live/LiveMachine.ts"
import { withoutSource } from "../domain/live/LiveSource.ts"
import * as JobType from "./JobType.ts"
import { LiveJob, LivePayload } from "./live/liveContent.ts"
import { applyUpdate, LiveUpdate } from "./live/liveUpdates.ts"

const lossOf = ({ error, state }: JobType.Attempt<LivePayload, LiveJob>["job"]): string =>
  Option.getOrElse(error, () => (state === "Cancelled" ? "The job was cancelled" : "The job has ended"))

const overWith = (error: Option.Option<string>): JobType.VideoChange => ({
  change: (video, now) => over(video, error, now)
})

/**
 * Plays a live stream and reports its segments. Never retried, because another runner would start at the current
 * moment. Its files lie in the folder of the session, which is deleted as a whole after the live.
 */
export const LiveRtmpHlsTranscoding = JobType.make({
  name: "live-rtmp-hls-transcoding",
  payload: LivePayload,
  privatePayload: LiveJob,
  result: Schema.Struct({}),
  abortable: false,
  silence: "live",
  present: (_job, { payload }) => payload,
  redactSecrets: (message, { payload }) => withoutSource(message, payload.input.rtmpUrl),
  updates: { payload: LiveUpdate, apply: applyUpdate },
  complete: ({ privatePayload }) =>
    Effect.succeedSome<JobType.Publication>({
      ...overWith(Option.none()),
      videoId: privatePayload.videoId,
      playlistKey: Option.none(),
      canPublish: false,
      jobs: () => []
    }),
  files: () => [],
  lost: ({ job }) => overWith(Option.some(lossOf(job)))
})
