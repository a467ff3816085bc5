import { type DateTime, Effect, Option } from "effect"
import { JobId, type VideoId } from "../domain/Ids.ts"
import { pending, type RunnerJob } from "../domain/job/RunnerJob.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import { storyboardFor } from "../domain/storyboard/Storyboard.ts"
import type { Place } from "../domain/video/FileNames.ts"
import type { TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { placeFields } from "./videoJob.ts"

/** The name of the job type on the wire. */
export const STORYBOARD = "generate-video-storyboard"

/** After every rendition of every video: viewers do not wait for storyboards, and many runners cannot make them. */
const PRIORITY = 20_000

/** The storyboard job of a video. None when the video can have no storyboard. */
export const prepareStoryboard: Effect.Effect<
  (request: {
    readonly videoId: VideoId
    readonly place: Place
    readonly source: MediaSummary
    readonly plan: TranscodingPlan
    readonly at: DateTime.Utc
  }) => Option.Option<RunnerJob>
> = Effect.map(
  Effect.flatMap(Identifiers, ({ uuid }) => uuid),
  (id) =>
    ({ at, place, plan, source, videoId }) =>
      Option.map(storyboardFor(source), (storyboard) =>
        pending({
          id: JobId.make(id),
          type: STORYBOARD,
          payload: storyboard,
          privatePayload: { videoId, place: placeFields(place), maxFailures: plan.settings.maxFailures },
          priority: PRIORITY,
          videoId: Option.some(videoId),
          awaited: false,
          createdAt: at
        })
      )
)
