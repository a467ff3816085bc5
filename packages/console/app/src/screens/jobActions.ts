import { changeJob, type JobAction } from "../api/administration.ts"
import { announce, attempt } from "../state/news.ts"
import { t } from "../texts.ts"
import { ask } from "../ui/Dialog.tsx"

/** Changes the jobs one after the other, and tells how many the server has refused. */
const run = async (action: JobAction, jobs: ReadonlyArray<string>) => {
  const refusals: Array<string> = []
  for (const uuid of jobs) {
    await changeJob(action, uuid).catch((error) =>
      refusals.push(error instanceof Error ? error.message : String(error))
    )
  }
  const what = t.jobs.bulk[action]
  const done = jobs.length - refusals.length
  return refusals.length === 0
    ? t.jobs.done(done, what)
    : t.jobs.partly(done, what, refusals.length, refusals[0] ?? t.errors.generic)
}

/** Changes jobs. Asks first when that cannot be undone. */
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
