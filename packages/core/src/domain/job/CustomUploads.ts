import { Option } from "effect"
import { FileKey } from "../FileKey.ts"
import type { RunnerJob } from "./RunnerJob.ts"

const folder = "custom-uploads"

/**
 * Where a file waits that a runner has brought before its result: in one folder for all videos, under a name of the try,
 * so that nobody need know of it to whom the try does not belong.
 */
export const waitingKey = (attemptId: string, file: string): FileKey => FileKey.make(`${folder}/${attemptId}-${file}`)

/** True for files that were brought and have not been looked at yet. */
export const isWaiting = (key: FileKey): boolean => key.startsWith(`${folder}/`)

/** Every file that may wait for the result of the job's current try. */
export const waitingKeys = ({ attemptId, uploads }: Pick<RunnerJob, "attemptId" | "uploads">): ReadonlyArray<FileKey> =>
  Option.match(attemptId, { onNone: () => [], onSome: (id) => uploads.map((file) => waitingKey(id, file)) })

const waits = ({ state }: RunnerJob): boolean =>
  state === "Processing" || state === "Completing" || state === "Completed"

/** The files that nobody waits for any more once these jobs are as they are now. */
export const abandonedKeys = (
  before: ReadonlyArray<RunnerJob>,
  now: ReadonlyArray<RunnerJob>
): ReadonlyArray<FileKey> => {
  const over = new Set(now.filter((job) => !waits(job)).map(({ id }) => id))
  return before.filter(({ id }) => over.has(id)).flatMap(waitingKeys)
}
