import { Option } from "effect"
import { FileKey } from "../FileKey.ts"
import type { RunnerJob } from "./RunnerJob.ts"

const folder = "custom-uploads"

/**
 * The key of a file that a runner uploads before its result: one folder for all videos, named by the attempt. Only the
 * attempt can find it.
 */
export const waitingKey = (attemptId: string, file: string): FileKey => FileKey.make(`${folder}/${attemptId}-${file}`)

/** True for uploaded files that have not been checked yet. */
export const isWaiting = (key: string): boolean => key.startsWith(`${folder}/`)

/** Every file that may wait for the result of the current attempt. */
export const waitingKeys = ({ attemptId, uploads }: Pick<RunnerJob, "attemptId" | "uploads">): ReadonlyArray<FileKey> =>
  Option.match(attemptId, { onNone: () => [], onSome: (id) => uploads.map((file) => waitingKey(id, file)) })

const waits = ({ state }: RunnerJob): boolean =>
  state === "Processing" || state === "Completing" || state === "Completed"

/** The files that are no longer needed once these jobs are written. */
export const abandonedKeys = (
  before: ReadonlyArray<RunnerJob>,
  now: ReadonlyArray<RunnerJob>
): ReadonlyArray<FileKey> => {
  const over = new Set(now.filter((job) => !waits(job)).map(({ id }) => id))
  return before.filter(({ id }) => over.has(id)).flatMap(waitingKeys)
}
