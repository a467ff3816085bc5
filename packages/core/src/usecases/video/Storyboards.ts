import { Context, Effect, Layer, Option } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { inputsOf } from "../../domain/video/VideoInputs.ts"
import { prepareStoryboard, STORYBOARD } from "../../jobs/storyboardJob.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import { makeAddJobs, notTwice } from "../engine/addJobs.ts"
import { MissingInput, type UnknownVideo, UnusableMedia, type VideoBusy, VideoNotReady } from "../errors.ts"

/** Why a storyboard is refused. */
export type StoryboardError = UnknownVideo | VideoNotReady | VideoBusy | MissingInput | UnusableMedia | PersistenceError

/** Hover previews. */
export class Storyboards extends Context.Tag("@runner-connector/core/Storyboards")<
  Storyboards,
  {
    /**
     * Requests a storyboard, which replaces an existing one. Returns the job without waiting. The video does not wait
     * for it.
     */
    readonly makeStoryboard: (video: VideoId) => Effect.Effect<RunnerJob, StoryboardError>
  }
>() {}

const make = Effect.gen(function* () {
  const addJobs = yield* makeAddJobs

  const makeStoryboard: Storyboards["Type"]["makeStoryboard"] = spanned("Storyboards.makeStoryboard")((id) =>
    addJobs(
      id,
      Effect.fnUntraced(function* ({ now, open, video }) {
        if (video.state === "ToEdit") return yield* new VideoNotReady({ state: video.state })
        yield* notTwice(open, STORYBOARD)
        if (Option.isNone(inputsOf(video))) return yield* new MissingInput()
        const jobOf = yield* prepareStoryboard
        const job = yield* Effect.mapError(
          jobOf({ videoId: id, place: video, source: video.source, plan: video.plan, at: now }),
          () =>
            new UnusableMedia({ reason: "The video has no picture, is shorter than 3 seconds or of unknown length." })
        )
        return { video, jobs: [job] }
      })
    )
  )

  return Storyboards.of({ makeStoryboard })
})

/** Storyboards over the ports. */
export const layer: Layer.Layer<
  Storyboards,
  never,
  JobStore | VideoStore | RunnerNotifier | AfterCommit | ConnectorConfig
> = Layer.effect(Storyboards, make)
