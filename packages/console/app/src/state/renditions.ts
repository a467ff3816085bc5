import type { Video, VideoFile, VideoJob } from "../api/documents.ts"
import { JobState } from "./job.ts"
import { currentJobs, jobName, nameOf, PROGRESSIVE } from "./video.ts"

/** A rendition or another result: its job, its file, or both. */
export interface Rendition {
  readonly key: string
  readonly job: VideoJob | undefined
  readonly file: VideoFile | undefined
  readonly isProgressive: boolean
}

const resolutionOf = ({ file, job }: Rendition) => job?.resolution ?? file?.resolution ?? -1
const byResolution = (a: Rendition, b: Rendition) =>
  resolutionOf(b) - resolutionOf(a) || Number(a.isProgressive) - Number(b.isProgressive)

/** Pairs jobs with the files that they made. Files of removed jobs stand alone. */
export const renditionsOf = (video: Video): ReadonlyArray<Rendition> => {
  const streams = new Set(video.files)
  const progressive = new Set(video.webVideos)
  const renditions: Array<Rendition> = currentJobs(video).map((job) => {
    const isProgressive = PROGRESSIVE.has(job.type)
    const files = isProgressive ? progressive : streams
    const made = job.state.id === JobState.completed && job.resolution !== null
    // Encoders round odd sizes.
    const file = made ? [...files].find((_) => Math.abs(_.resolution - (job.resolution ?? 0)) <= 1) : undefined
    if (file !== undefined) files.delete(file)
    return { key: job.uuid, job, file, isProgressive }
  })
  for (const [files, isProgressive] of [
    [streams, false],
    [progressive, true]
  ] as const) {
    for (const file of files) {
      renditions.push({ key: `${file.resolution} ${isProgressive}`, job: undefined, file, isProgressive })
    }
  }
  return renditions.sort(byResolution)
}

export const renditionName = ({ file, isProgressive, job }: Rendition): string => {
  const resolution = job?.resolution ?? file?.resolution
  if (resolution === undefined) return job === undefined ? "" : jobName(job)
  return nameOf(resolution, isProgressive)
}
