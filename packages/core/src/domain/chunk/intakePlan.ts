import { Option } from "effect"
import { isMerged, startGap } from "../job/GraphNode.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { TranscodingPlan } from "../video/TranscodingPlan.ts"
import { CannotCut } from "./CannotCut.ts"

/** A plan whose graph is decided. */
export interface IntakePlan {
  readonly plan: TranscodingPlan
  /** Why the video is not cut although it is long enough or chunks were requested. */
  readonly reason: Option.Option<string>
}

/** Why nothing is gained from chunks. Expected by callers that leave the choice to the server. */
const uselessFor = (plan: TranscodingPlan, source: MediaSummary): Option.Option<string> => {
  const length = Option.getOrElse(source.duration, () => 0)
  if (!plan.hls) return Option.some("Only HLS renditions are made in chunks.")
  if (!source.hasVideo || isMerged({ audioMerge: plan.audioMerge, source })) {
    return Option.some("Only the picture of a video is cut into chunks.")
  }
  return length < plan.settings.chunkMinDuration
    ? Option.some(new CannotCut({ reason: "tooShort" }).message)
    : Option.none()
}

/**
 * Seconds. Players skip a shorter beginning in which one track is missing, and never start after a longer one. Runners that
 * have the whole source fill it.
 */
const MAX_START_GAP = 1

/** Why a film that would gain from chunks is not cut. */
const obstacleTo = ({ keepSource }: TranscodingPlan, source: MediaSummary): Option.Option<string> => {
  if (!keepSource) return Option.some("Only a video whose source is kept is cut into chunks.")
  return startGap(source) > MAX_START_GAP ? Option.some(new CannotCut({ reason: "apart" }).message) : Option.none()
}

/**
 * Decides whether the source of a new video is cut. The audio of a film in chunks has a rendition of its own, because audio
 * that is encoded in chunks would click at the seams.
 */
export const intakePlan = (plan: TranscodingPlan, source: MediaSummary): IntakePlan => {
  if (plan.graph !== "auto" && plan.graph !== "chunked") return { plan, reason: Option.none() }
  const whole = { ...plan, graph: "parallel" } as const
  const useless = uselessFor(plan, source)
  if (Option.isSome(useless)) return { plan: whole, reason: plan.graph === "chunked" ? useless : Option.none() }
  const obstacle = obstacleTo(plan, source)
  if (Option.isSome(obstacle)) return { plan: whole, reason: obstacle }
  return { plan: { ...plan, graph: "chunked", splitAudio: true }, reason: Option.none() }
}
