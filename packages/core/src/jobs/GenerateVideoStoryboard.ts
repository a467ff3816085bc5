import { Effect, Option, Schema, Stream } from "effect"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import { checkStoryboard } from "../domain/media/ResultCheck.ts"
import { presentSprites, Storyboard, storyboardFor, thumbnailsTrack } from "../domain/storyboard/Storyboard.ts"
import { nameOf, storyboardKey, storyboardTrackKey } from "../domain/video/FileNames.ts"
import { withStoryboard } from "../domain/video/VideoMachine.ts"
import { FileStorage, MediaSource } from "../ports/FileStorage.ts"
import { MediaProbe } from "../ports/MediaProbe.ts"
import { spanned } from "../ports/Spans.ts"
import { VideoStore } from "../ports/VideoStore.ts"
import * as JobType from "./JobType.ts"
import { STORYBOARD } from "./storyboardJob.ts"
import { UploadedFile } from "./UploadedFile.ts"
import { placeOf, VideoJob } from "./videoJob.ts"

const keysOf = ({ privatePayload, attemptId }: JobType.Attempt<Storyboard, VideoJob>) => {
  const place = placeOf(privatePayload)
  return { key: storyboardKey(place, attemptId), trackKey: storyboardTrackKey(place, attemptId) }
}

const isStoryboard = Schema.equivalence(Storyboard)

/** True while the source has the duration and shape for which the storyboard was requested. */
const fits = (source: MediaSummary, asked: Storyboard): boolean =>
  Option.exists(storyboardFor(source), (wanted) => isStoryboard(wanted, asked))

/**
 * Makes one picture of many frames and the WebVTT thumbnail track for hover previews. Keeps nothing when the source has
 * another duration or shape by then.
 */
export const GenerateVideoStoryboard = JobType.make({
  name: STORYBOARD,
  payload: Storyboard,
  privatePayload: VideoJob,
  result: Schema.Struct({ storyboardFile: UploadedFile.schema }),
  abortable: true,
  silence: "vod",

  present: (job, { payload, privatePayload }, urls) => ({
    input: { videoFileUrl: urls.maxQuality(job.id, privatePayload.videoId) },
    output: {},
    sprites: presentSprites(payload)
  }),

  complete: spanned("GenerateVideoStoryboard.complete")(function* (attempt) {
    const { payload, privatePayload, result } = attempt
    const found = yield* Effect.flatMap(VideoStore, (videos) => videos.find(privatePayload.videoId))
    if (!Option.exists(found, ({ source }) => fits(source, payload))) return Option.none()

    const probe = yield* MediaProbe
    const report = yield* probe.probe(MediaSource.Path({ path: result.storyboardFile.path }))
    yield* checkStoryboard(payload, report)

    const storage = yield* FileStorage
    const { key, trackKey } = keysOf(attempt)
    yield* storage.adopt(key, result.storyboardFile.path, { contentType: "image/jpeg" })
    const track = Stream.encodeText(Stream.make(thumbnailsTrack(payload, nameOf(key))))
    yield* storage.write(trackKey, track, { contentType: "text/vtt" })
    return Option.some<JobType.Publication>({
      videoId: privatePayload.videoId,
      change: (video, now) => withStoryboard(video, { storyboard: payload, key, trackKey }, now),
      playlistKey: Option.none(),
      canPublish: false,
      jobs: () => []
    })
  }, JobType.orCompletionError),

  files: (attempt) => Object.values(keysOf(attempt))
})
