import { Option, Schema } from "effect"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import { supports } from "../domain/runner/RunnerVersions.ts"

const isCopy = Schema.is(Schema.Struct({ isCopy: Schema.Literal(true) }))

/** Whether the job may come before the best one. The audio and earlier chunks of a film come before each of its chunks. */
const mayPrecede = (job: RunnerJob, best: RunnerJob): boolean =>
  Option.match(job.chunk, {
    onNone: () => true,
    onSome: (chunk) => Option.exists(best.chunk, (first) => chunk <= first)
  })

/** A rendition that can be copied, of the same video as the best job. */
const copyIn = (offered: ReadonlyArray<RunnerJob>): RunnerJob | undefined => {
  const [best] = offered
  if (best === undefined) return undefined
  const videoId = Option.getOrUndefined(best.videoId)
  return offered.find(
    (job) => isCopy(job.privatePayload) && Option.contains(job.videoId, videoId) && mayPrecede(job, best)
  )
}

/**
 * The offered jobs in the order for a runner of this version. If it copies tracks, a rendition that needs no encoding
 * comes before the others of its video: it takes seconds, and the video can be played. The order of videos stays.
 */
export const copiesFirst = (
  offered: ReadonlyArray<RunnerJob>,
  version: Option.Option<string>
): ReadonlyArray<RunnerJob> => {
  const copy = supports("hls-copy", version) ? copyIn(offered) : undefined
  return copy === undefined ? offered : [copy, ...offered.filter(({ id }) => id !== copy.id)]
}
