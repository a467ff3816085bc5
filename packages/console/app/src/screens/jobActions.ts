import { type BulkAction, type BulkResults, changeJobs } from "../api/administration.ts"
import { announce, attempt } from "../state/news.ts"
import { t } from "../texts.ts"
import { ask } from "../ui/Dialog.tsx"

/** The most jobs of one request. */
const MOST = 100

const newsOf = (action: BulkAction, { results }: BulkResults) => {
  const refused = results.filter(({ status }) => status >= 400)
  const done = results.length - refused.length
  const what = t.jobs.bulk[action]
  return refused.length === 0
    ? t.jobs.done(done, what)
    : t.jobs.partly(done, what, refused.length, refused[0]?.detail ?? t.errors.generic)
}

const run = async (action: BulkAction, jobs: ReadonlyArray<string>) => {
  const results: Array<BulkResults["results"][number]> = []
  for (let start = 0; start < jobs.length; start += MOST) {
    results.push(...(await changeJobs(action, jobs.slice(start, start + MOST))).results)
  }
  return newsOf(action, { results })
}

/** Changes jobs. Asks first when that cannot be undone. */
export const confirmJobs = (action: BulkAction, jobs: ReadonlyArray<string>, done: () => Promise<void>): void => {
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
