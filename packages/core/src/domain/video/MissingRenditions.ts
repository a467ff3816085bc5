import { Option, Schema } from "effect"
import { type GraphNode, node } from "../job/GraphNode.ts"
import { isTerminal, type RunnerJob } from "../job/RunnerJob.ts"
import type { Video, WebVideo } from "./Video.ts"

/** The properties that distinguish rendition jobs. */
const Asked = Schema.Struct({
  output: Schema.Struct({
    resolution: Schema.Int,
    fps: Schema.Int,
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false })
  })
})

type Wanted = Pick<GraphNode, "fps" | "resolution" | "separatedAudio" | "type">

/** Files are measured, nodes are requested. Results may differ by this much. */
const PIXELS = 2
const FPS = 1

const askedOf = ({ payload, type }: RunnerJob): Option.Option<Wanted> =>
  Option.map(Schema.decodeUnknownOption(Asked)(payload), ({ output }) => ({ ...output, type }) as Wanted)

/** Each size is made once. Frame rates are not compared, because a merge can change that of the source. */
const isSame = (a: Wanted, b: Wanted): boolean =>
  a.type === b.type && a.resolution === b.resolution && a.separatedAudio === b.separatedAudio

/** Whether the file matches the node. */
const isLike = (file: WebVideo, wanted: Wanted, hasSound: boolean): boolean => {
  if (wanted.resolution === 0) return !file.hasVideo && file.hasAudio
  return (
    file.hasVideo &&
    file.hasAudio === (hasSound && !wanted.separatedAudio) &&
    Math.abs(file.resolution - wanted.resolution) <= PIXELS &&
    Math.abs(file.fps - wanted.fps) <= FPS
  )
}

/** The files of the kind that the node makes. */
const filesFor = ({ type }: Wanted, video: Video): ReadonlyArray<WebVideo> =>
  type === "vod-hls-transcoding" ? video.files : video.webVideos

const hasPicture = ({ files, webVideos }: Video): boolean => [...files, ...webVideos].some((file) => file.hasVideo)

/**
 * The nodes that are requested for themselves. Progressive files that only lead to HLS are not. A merge is not either
 * once the video has a picture: its size is then made like any other.
 */
const wantedOf = (nodes: ReadonlyArray<GraphNode>, video: Video): ReadonlyArray<GraphNode> => {
  const wantsWeb = video.plan.webVideos || !video.plan.hls
  return nodes.flatMap((one) => {
    if (one.type === "vod-hls-transcoding") return [one]
    if (one.type === "vod-web-video-transcoding") return wantsWeb ? [one] : []
    if (!hasPicture(video)) return [one]
    return wantsWeb ? [node("web", one, { priority: one.priority })] : []
  })
}

interface Known {
  readonly video: Video
  /** All jobs of the video. */
  readonly jobs: ReadonlyArray<RunnerJob>
}

/** The renditions that jobs of the video make or have made. */
const askedIn = ({ jobs, video }: Known): ReadonlyArray<Wanted> => {
  const shown = new Set([...video.files, ...video.webVideos].map(({ attemptId }) => attemptId))
  const isShown = (job: RunnerJob) => job.state === "Completed" && Option.exists(job.attemptId, (id) => shown.has(id))
  return jobs.filter((job) => !isTerminal(job) || isShown(job)).flatMap((job) => Option.toArray(askedOf(job)))
}

/** Whether another job of the video makes or has made this rendition. */
export const isSuperseded = (job: RunnerJob, { jobs, video }: Known): boolean => {
  const others = askedIn({ video, jobs: jobs.filter(({ id }) => id !== job.id) })
  return Option.exists(askedOf(job), (wanted) => others.some((other) => isSame(other, wanted)))
}

/**
 * The nodes of the graph that neither exist nor are being made: no file matches them, and no open or completed job was
 * requested for them. They wait for nothing but a merge and delete nothing, because other jobs may read the inputs.
 */
export const missingRenditions = (
  options: Known & { readonly nodes: ReadonlyArray<GraphNode> }
): ReadonlyArray<GraphNode> => {
  const { jobs, nodes, video } = options
  const asked = askedIn({ jobs, video })
  const isThere = (wanted: GraphNode) =>
    asked.some((one) => isSame(one, wanted)) ||
    filesFor(wanted, video).some((file) => isLike(file, wanted, video.source.hasAudio))

  const wanted = wantedOf(nodes, video)
  const merges = new Set(wanted.filter(({ type }) => type === "vod-audio-merge-transcoding").map(({ key }) => key))
  return wanted
    .filter((one) => !isThere(one))
    .map((one) => ({
      ...one,
      dependsOn: Option.filter(one.dependsOn, (key) => merges.has(key)),
      deletesInput: false,
      deletesWebVideos: false,
      canPublish: !merges.has(one.key) || video.plan.webVideos
    }))
}
