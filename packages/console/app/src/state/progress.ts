import { signal } from "@preact/signals"
import type { VideoJob } from "../api/documents.ts"
import { onProgress } from "../api/stream.ts"

interface Sample {
  readonly progress: number
  readonly at: number
}

interface Course {
  readonly first: Sample
  readonly last: Sample
}

/** The latest progress of running jobs. It is newer than the progress in their documents. */
const courses = signal<ReadonlyMap<string, Course>>(new Map())

onProgress((jobs) => {
  const at = Date.now()
  const before = courses.peek()
  courses.value = new Map(
    jobs.map(({ progress, uuid }) => {
      const sample = { progress: progress ?? 0, at }
      const known = before.get(uuid)
      // A new attempt begins again.
      const first = known === undefined || sample.progress < known.last.progress ? sample : known.first
      return [uuid, { first, last: sample }]
    })
  )
})

/** The newest known progress of a job in percent. */
export const liveProgress = (uuid: string, known: number | null): number =>
  Math.max(courses.value.get(uuid)?.last.progress ?? 0, known ?? 0)

/** The newest known progress of a job of a video. The stream reports single chunks, which are not their rendition. */
export const resultProgress = ({ chunks, progress, uuid }: VideoJob): number =>
  chunks === null ? liveProgress(uuid, progress) : (progress ?? 0)

/** How many percent a second the job has gained so far, when that is known. */
export const paceOf = (uuid: string): number | undefined => {
  const course = courses.value.get(uuid)
  if (course === undefined) return undefined
  const gained = course.last.progress - course.first.progress
  return gained < 2 ? undefined : (gained * 1000) / (course.last.at - course.first.at)
}
