import { Option, Schema } from "effect"
import { type GraphNode, isSplit, node } from "../job/GraphNode.ts"
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
 * The nodes whose results are requested. Progressive files that are only inputs of HLS are not. Neither is a merge once
 * the video has a picture: its size is then made like any other.
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
  const open = jobs.filter((job) => Option.isNone(job.renditionId) && (!isTerminal(job) || isShown(job)))
  return [...open.flatMap((job) => Option.toArray(askedOf(job))), ...growingIn(video)]
}

/** The renditions that are being made in chunks, and the audio beside them. Their jobs may not exist yet. */
const growingIn = ({ chunking, plan, source }: Video): ReadonlyArray<Wanted> => {
  if (Option.isNone(chunking)) return []
  const { renditions, sound, state } = chunking.value
  const waitsForSound = state === "cutting" && Option.isNone(sound)
  return [...renditions.filter(({ failed }) => !failed), ...(waitsForSound ? [{ fps: 0, resolution: 0 }] : [])].map(
    ({ fps, resolution }) => ({
      ...{ type: "vod-hls-transcoding" as const, fps, resolution },
      separatedAudio: isSplit({ ...plan, source })
    })
  )
}

const sameRendition = Option.getEquivalence((a: string, b: string) => a === b)

/** Whether both make the same file: a job, or the chunks of a rendition. */
const isOfSameFile = (a: RunnerJob, b: RunnerJob): boolean =>
  a.id === b.id || (Option.isSome(a.renditionId) && sameRendition(a.renditionId, b.renditionId))

/** Whether the chunks of the rendition are not needed any more. */
const isDropped = ({ renditionId }: RunnerJob, { chunking }: Video): boolean =>
  Option.exists(
    renditionId,
    (wanted) => !Option.exists(chunking, (one) => one.renditions.some(({ id }) => id === wanted))
  )

/** Whether another job of the video makes or has made this rendition. */
export const isSuperseded = (job: RunnerJob, { jobs, video }: Known): boolean => {
  if (isDropped(job, video)) return true
  const others = askedIn({ video, jobs: jobs.filter((other) => !isOfSameFile(other, job)) })
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
