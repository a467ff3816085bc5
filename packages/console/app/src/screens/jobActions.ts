import { changeJobs } from "../api/administration.ts"
import type { JobAction } from "../api/documents.ts"
import { announce, attempt } from "../state/news.ts"
import { t } from "../texts.ts"
import { ask } from "../ui/Dialog.tsx"

/** Called with the jobs that were changed, without those that the server refused to change. */
export type JobsChanged = (action: JobAction, jobs: ReadonlyArray<string>) => Promise<void>

/** Changes the jobs and returns a text with the number of changes and refusals. */
const run = async (action: JobAction, jobs: ReadonlyArray<string>, done: JobsChanged, priority?: number) => {
  const { results } = await changeJobs(action, jobs, priority)
  const refusals = results.filter(({ status }) => status !== 204)
  const changed = results.filter(({ status }) => status === 204).map(({ uuid }) => uuid)
  const what = t.jobs.bulk[action]
  await done(action, changed)
  return refusals.length === 0
    ? t.jobs.done(changed.length, what)
    : t.jobs.partly(changed.length, what, refusals.length, refusals[0]?.detail ?? t.errors.generic)
}

/** A change that the server makes without a further value. */
export type PlainAction = Exclude<JobAction, "prioritize">

/** Moves jobs to another priority. */
export const prioritizeJobs = (priority: number, jobs: ReadonlyArray<string>, done: JobsChanged): Promise<boolean> =>
  attempt(() => run("prioritize", jobs, done, priority))

/** Changes jobs. Opens a dialog first when the change cannot be undone. */
export const confirmJobs = (action: PlainAction, jobs: ReadonlyArray<string>, done: JobsChanged): void => {
  if (action === "retry") {
    void attempt(() => run(action, jobs, done))
    return
  }
  ask({
    title: action === "delete" ? t.jobs.confirmDelete(jobs.length) : t.jobs.confirmCancel(jobs.length),
    text: t.jobs.confirmText,
    submit: t.jobs[action],
    cancel: t.actions.close,
    act: async () => announce(await run(action, jobs, done))
  })
}
