import { changeJobs } from "../api/administration.ts"
import type { JobAction } from "../api/documents.ts"
import { announce, attempt } from "../state/news.ts"
import { t } from "../texts.ts"
import { ask } from "../ui/Dialog.tsx"

/** Changes the jobs and returns a text with the number of changes and refusals. */
const run = async (action: JobAction, jobs: ReadonlyArray<string>) => {
  const { results } = await changeJobs(action, jobs)
  const refusals = results.filter(({ status }) => status !== 204)
  const what = t.jobs.bulk[action]
  const done = results.length - refusals.length
  return refusals.length === 0
    ? t.jobs.done(done, what)
    : t.jobs.partly(done, what, refusals.length, refusals[0]?.detail ?? t.errors.generic)
}

/** Changes jobs. Opens a dialog first when the change cannot be undone. */
export const confirmJobs = (action: JobAction, jobs: ReadonlyArray<string>, done: () => Promise<void>): void => {
  if (action === "retry") {
    void attempt(() => run(action, jobs)).then(done)
    return
  }
  ask({
    title: action === "delete" ? t.jobs.confirmDelete(jobs.length) : t.jobs.confirmCancel(jobs.length),
    text: t.jobs.confirmText,
    submit: t.jobs[action],
    cancel: t.actions.close,
    act: async () => {
      announce(await run(action, jobs))
      await done()
    }
  })
}
