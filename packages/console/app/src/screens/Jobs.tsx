import { listJobs } from "../api/administration.ts"
import type { JobList } from "../api/documents.ts"
import { COUNT, isFiltered, jobsQuery } from "../state/jobsQuery.ts"
import { useResource } from "../state/resource.ts"
import { address, navigate, route, setQuery, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Empty, Failure, Select } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Pager } from "../ui/Pager.tsx"
import { JobFilters } from "./JobFilters.tsx"
import { JobPanel } from "./JobPanel.tsx"
import { priorities } from "./JobUrgency.tsx"
import { confirmJobs, type JobsChanged, type PlainAction, prioritizeJobs } from "./jobActions.ts"
import { columns } from "./jobColumns.tsx"

const actions: ReadonlyArray<PlainAction> = ["cancel", "retry", "delete"]

const bulkOf = (onChange: JobsChanged) => (keys: ReadonlyArray<string>, clear: () => void) => {
  const done: JobsChanged = async (...changed) => {
    clear()
    await onChange(...changed)
  }
  return (
    <>
      {actions.map((action) => (
        <button
          key={action}
          type="button"
          class="button small"
          data-action={action}
          onClick={() => confirmJobs(action, keys, done)}
        >
          {t.jobs[action]}
        </button>
      ))}
      <Select
        label={t.jobs.urgency}
        value=""
        choices={[["", t.jobs.changeUrgency], ...priorities]}
        onChange={(priority) => priority !== "" && prioritizeJobs(Number(priority), keys, done)}
      />
    </>
  )
}

interface ListProps {
  readonly page: JobList | undefined
  readonly sort: string | undefined
  readonly onChange: JobsChanged
}

const List = ({ onChange, page, sort }: ListProps) =>
  page?.total === 0 ? (
    <Empty icon="jobs" title={isFiltered() ? t.list.nothing : t.jobs.empty}>
      {isFiltered() ? null : <p>{t.jobs.emptyHint}</p>}
    </Empty>
  ) : (
    <DataTable
      label={t.screens.jobs}
      columns={columns}
      rows={page?.data ?? []}
      keyOf={({ uuid }) => uuid}
      hrefOf={({ uuid }) => to(`jobs/${uuid}`) + address.value.search}
      current={route.value.id}
      sort={sort ?? ""}
      onSort={(by) => setQuery({ sort: by, start: undefined })}
      bulk={bulkOf(onChange)}
    />
  )

/** All jobs with their filters, the details of one beside them. */
export const Jobs = () => {
  const wanted = jobsQuery()
  const jobs = useResource(
    `jobs ${JSON.stringify(wanted)}`,
    (signal) => listJobs(wanted, signal),
    ({ type }) => type.startsWith("job.")
  )
  const { id } = route.value
  const { total = 0, totalIsCapped = false } = jobs.data ?? {}
  const changed: JobsChanged = async (action, gone) => {
    if (action === "delete" && id !== undefined && gone.includes(id)) navigate(to("jobs") + address.value.search)
    await jobs.reload()
  }
  return (
    <>
      <header class="screen-head">
        <h1>{t.screens.jobs}</h1>
        <span class="count">{total === 0 ? "" : t.list.total(total, totalIsCapped)}</span>
      </header>
      <JobFilters />
      <Failure error={jobs.error} />
      <List page={jobs.data} sort={wanted.sort} onChange={changed} />
      <Pager start={wanted.start} count={COUNT} total={total} isCapped={totalIsCapped} />
      {id === undefined ? null : <JobPanel key={id} uuid={id} onChange={changed} />}
    </>
  )
}
