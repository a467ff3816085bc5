import { Array as Arr, DateTime, Effect, Option } from "effect"
import type { Place } from "../domain/FileNames.ts"
import { JobId, type VideoId } from "../domain/Ids.ts"
import { ladder } from "../domain/Resolutions.ts"
import type { RunnerJob } from "../domain/RunnerJob.ts"
import type { TranscodingSettings } from "../domain/TranscodingSettings.ts"
import type { MediaSummary } from "../domain/Video.ts"
import { VodHlsTranscoding } from "../jobs/VodHlsTranscoding.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { InvalidRequest } from "./errors.ts"

/** Where VOD priorities begin, as PeerTube's do. */
const VOD_PRIORITY = 100

/**
 * The jobs of a new video: one a rendition, all pending at once so that no runner has to wait for another, the lowest
 * first so that something plays soon.
 */
export const jobsFor = Effect.fn("jobGraph.jobsFor")(function* (options: {
  readonly videoId: VideoId
  readonly place: Place
  readonly source: MediaSummary
  readonly settings: TranscodingSettings
}) {
  const { place, settings, source, videoId } = options
  const ids = yield* Identifiers
  const now = yield* DateTime.now
  const rungs = ladder({ settings, source })
  const jobs = yield* Effect.forEach(rungs, (rung, index) =>
    Effect.map(
      ids.uuid,
      (uuid): RunnerJob => ({
        id: JobId.make(uuid),
        type: VodHlsTranscoding.name,
        state: "Pending",
        payload: { output: { ...rung, separatedAudio: false } },
        privatePayload: {
          videoId,
          place: { destination: place.destination, baseName: Option.getOrNull(place.baseName) },
          maxFailures: settings.maxFailures
        },
        priority: VOD_PRIORITY + index,
        progress: Option.none(),
        failures: 0,
        stalls: 0,
        error: Option.none(),
        runnerId: Option.none(),
        jobTokenHash: Option.none(),
        resultId: Option.none(),
        parentId: Option.none(),
        videoId: Option.some(videoId),
        startedAt: Option.none(),
        finishedAt: Option.none(),
        createdAt: now,
        updatedAt: now,
        revision: 0
      })
    )
  )
  return yield* Arr.isNonEmptyReadonlyArray(jobs)
    ? Effect.succeed(jobs)
    : new InvalidRequest({ detail: "There is no rendition to make of this file with these settings" })
})
