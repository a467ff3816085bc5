import { currentJobs, JobState, resolutionName } from "./Video.js"

/** @typedef {import("./Documents.js").Video} Video */
/** @typedef {import("./Documents.js").VideoFile} VideoFile */
/** @typedef {import("./Documents.js").Job} Job */
/** @typedef {{ key: string, job: Job | undefined, file: VideoFile | undefined, isProgressive: boolean }} Rendition */

/** A file is measured, a job is asked for: odd sizes make them differ by a pixel. */
const TOLERANCE = 1

/** The jobs that make progressive files. */
const PROGRESSIVE = new Set(["vod-web-video-transcoding", "vod-audio-merge-transcoding"])

/** @type {Readonly<Record<string, string>>} */
const typeNames = {
  "live-rtmp-hls-transcoding": "Live",
  "video-transcription": "Captions",
  "generate-video-storyboard": "Previews",
  "video-studio-transcoding": "Edit"
}

/** @param {Rendition} rendition */
const resolutionOf = ({ file, job }) => job?.resolution ?? file?.resolution ?? -1

/**
 * Highest resolution first, and jobs without a resolution last.
 * @param {Rendition} a
 * @param {Rendition} b
 */
const byResolution = (a, b) => resolutionOf(b) - resolutionOf(a) || Number(a.isProgressive) - Number(b.isProgressive)

/**
 * The jobs of a video, each with its file, and the files whose jobs were removed.
 * @param {Video} video
 * @returns {ReadonlyArray<Rendition>}
 */
export const renditionsOf = (video) => {
  const streams = new Set(/** @type {ReadonlyArray<VideoFile>} */ (video.files))
  const progressive = new Set(video.webVideos)
  /** @type {Array<Rendition>} */
  const renditions = currentJobs(video).map((job) => {
    const isProgressive = PROGRESSIVE.has(job.type)
    const files = isProgressive ? progressive : streams
    const made = job.state.id === JobState.completed && job.resolution !== null
    const file = made ? [...files].find((_) => Math.abs(_.resolution - (job.resolution ?? 0)) <= TOLERANCE) : undefined
    if (file !== undefined) files.delete(file)
    return { key: job.uuid, job, file, isProgressive }
  })
  for (const file of streams) renditions.push({ key: file.url, job: undefined, file, isProgressive: false })
  for (const file of progressive) renditions.push({ key: file.url, job: undefined, file, isProgressive: true })
  return renditions.sort(byResolution)
}

/**
 * The output of a job: `720p`, `720p MP4`, `Captions`.
 * @param {Rendition} rendition
 */
export const nameOf = ({ file, isProgressive, job }) => {
  const resolution = job?.resolution ?? file?.resolution
  if (resolution === undefined) return typeNames[job?.type ?? ""] ?? job?.type ?? ""
  return isProgressive ? `${resolutionName(resolution)} MP4` : resolutionName(resolution)
}
