import { Option } from "effect"
import { isMerged } from "../job/GraphNode.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { TranscodingPlan } from "../video/TranscodingPlan.ts"
import { CannotCut } from "./CannotCut.ts"

/** A plan whose graph is decided. */
export interface IntakePlan {
  readonly plan: TranscodingPlan
  /** Why the video is not cut although chunks were asked for. */
  readonly reason: Option.Option<string>
}

/** Why a source is not cut, as far as its summary tells. */
const obstacleOf = (plan: TranscodingPlan, source: MediaSummary): Option.Option<string> => {
  const length = Option.getOrElse(source.duration, () => 0)
  if (!plan.hls) return Option.some("Only HLS renditions are made in chunks.")
  if (!source.hasVideo || isMerged({ audioMerge: plan.audioMerge, source })) {
    return Option.some("Only the picture of a video is cut into chunks.")
  }
  if (!plan.keepSource) return Option.some("Only a video whose source is kept is cut into chunks.")
  return length < plan.settings.chunkMinDuration
    ? Option.some(new CannotCut({ reason: "tooShort" }).message)
    : Option.none()
}

/**
 * Decides whether the source of a new video is cut. The audio of a film in chunks has a rendition of its own, because audio
 * that is encoded in chunks would click at the seams.
 */
export const intakePlan = (plan: TranscodingPlan, source: MediaSummary): IntakePlan => {
  if (plan.graph !== "auto" && plan.graph !== "chunked") return { plan, reason: Option.none() }
  const obstacle = obstacleOf(plan, source)
  if (Option.isNone(obstacle)) return { plan: { ...plan, graph: "chunked", splitAudio: true }, reason: Option.none() }
  return { plan: { ...plan, graph: "parallel" }, reason: plan.graph === "chunked" ? obstacle : Option.none() }
}
