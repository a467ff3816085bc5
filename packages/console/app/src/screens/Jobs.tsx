import { client } from "../api/client.ts"
import { COUNT, isFiltered, jobsQuery } from "../state/jobsQuery.ts"
import { useResource } from "../state/resource.ts"
import { address, navigate, route, setQuery, to } from "../state/router.ts"
import { t } from "../texts.ts"
import type { Bulk } from "../ui/Bulk.tsx"
import { Empty } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { Pager, withinEnd } from "../ui/Pager.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { JobFilters } from "./JobFilters.tsx"
import { JobPanel } from "./JobPanel.tsx"
import { columns } from "./jobColumns.tsx"

const None = () =>
  isFiltered() ? (
    <Empty icon="jobs" title={t.list.nothing} />
  ) : (
    <Empty icon="jobs" title={t.jobs.empty} hint={t.jobs.emptyHint} />
  )

const bulkWith = (id: string | undefined, reload: () => Promise<void>): Bulk => ({
  texts: t.bulk.jobs,
  send: (action, ids, priority) => client.changeJobs({ body: { action, jobs: ids, priority } }),
  onChange: async (action, gone) => {
    if (action === "delete" && id !== undefined && gone.includes(id)) navigate(to("jobs") + address.value.search)
    await reload()
  }
})

/** All jobs with their filters, the details of one beside them. */
export const Jobs = () => {
  const wanted = jobsQuery()
  const jobs = useResource(
    `jobs ${JSON.stringify(wanted)}`,
    async (signal) => withinEnd(await client.listJobs({ query: wanted, signal }), wanted.start, COUNT),
    ({ type }) => type.startsWith("job.")
  )
  const { id } = route.value
  const { total = 0, totalIsCapped = false } = jobs.data ?? {}
  const bulk = bulkWith(id, jobs.reload)
  return (
    <>
      <ScreenHead title={t.screens.jobs} count={total === 0 ? "" : t.list.total(total, totalIsCapped)} />
      <JobFilters />
      <Loaded of={jobs}>
        {(page) => (
          <DataTable
            label={t.screens.jobs}
            columns={columns}
            rows={page.data}
            keyOf={({ uuid }) => uuid}
            nameOf={({ type, uuid }) => `${type} ${uuid.slice(0, 8)}`}
            hrefOf={({ uuid }) => to(`jobs/${uuid}`) + address.value.search}
            current={id}
            sort={wanted.sort}
            onSort={(sort) => setQuery({ sort })}
            bulk={bulk}
          >
            {page.total === 0 && <None />}
          </DataTable>
        )}
      </Loaded>
      <Pager start={wanted.start} count={COUNT} total={total} isCapped={totalIsCapped} />
      {id && <JobPanel key={id} uuid={id} bulk={bulk} />}
    </>
  )
}
