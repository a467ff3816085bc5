import { Option, Schema } from "effect"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import { supports } from "../domain/runner/RunnerVersions.ts"

const isCopy = Schema.is(Schema.Struct({ isCopy: Schema.Literal(true) }))

/** A rendition that can be copied, of the same video as the best job. */
const copyIn = (offered: ReadonlyArray<RunnerJob>): RunnerJob | undefined => {
  const videoId = Option.getOrUndefined(Option.flatMap(Option.fromNullable(offered[0]), (job) => job.videoId))
  return offered.find((job) => isCopy(job.privatePayload) && Option.contains(job.videoId, videoId))
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
