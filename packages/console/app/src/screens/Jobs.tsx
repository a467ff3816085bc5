import { type JobAction, type JobsQuery, listJobs } from "../api/administration.ts"
import type { Job } from "../api/documents.ts"
import { isOpen, jobTone } from "../state/job.ts"
import { liveProgress } from "../state/progress.ts"
import { useResource } from "../state/resource.ts"
import { address, query, route, setQuery, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Empty, Failure, Progress, Select, Time } from "../ui/basic.tsx"
import { type Column, DataTable } from "../ui/DataTable.tsx"
import { Pager } from "../ui/Pager.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import { JobPanel } from "./JobPanel.tsx"
import { confirmJobs } from "./jobActions.ts"

const COUNT = 50

const columns: ReadonlyArray<Column<Job>> = [
  { id: "type", header: t.jobs.type, class: "grow", cell: (job) => job.type },
  {
    id: "state",
    header: t.jobs.state,
    isSortable: true,
    cell: (job) => <Badge tone={jobTone(job)}>{job.state.label}</Badge>
  },
  {
    id: "progress",
    header: t.jobs.progress,
    isSortable: true,
    class: "bar",
    cell: (job) =>
      isOpen(job) ? <Progress value={liveProgress(job.uuid, job.progress)} label={t.jobs.progress} /> : null
  },
  {
    id: "runner",
    header: t.jobs.runner,
    class: "secondary",
    cell: (job) => <span dir="auto">{job.runner?.name ?? ""}</span>
  },
  { id: "failures", header: t.jobs.failures, class: "number secondary", cell: (job) => job.failures || "" },
  { id: "priority", header: t.jobs.priority, isSortable: true, class: "number secondary", cell: (job) => job.priority },
  {
    id: "error",
    header: t.jobs.error,
    class: "clip secondary",
    cell: (job) => <span title={job.error ?? job.waitingFor ?? ""}>{job.error ?? job.waitingFor}</span>
  },
  {
    id: "updatedAt",
    header: t.jobs.updated,
    isSortable: true,
    class: "time secondary",
    cell: (job) => <Time at={job.updatedAt} />
  },
  {
    id: "createdAt",
    header: t.jobs.created,
    isSortable: true,
    class: "time",
    cell: (job) => <Time at={job.createdAt} />
  }
]

const states: ReadonlyArray<readonly [string, string]> = [
  ["", t.list.allStates],
  ["1", "Pending"],
  ["2", "Processing"],
  ["9", "Completing"],
  ["5", "Waiting for parent"],
  ["3", "Completed"],
  ["4", "Errored"],
  ["7", "Parent failed"],
  ["6", "Cancelled"],
  ["8", "Parent cancelled"]
]

const types = [
  "vod-hls-transcoding",
  "vod-web-video-transcoding",
  "vod-audio-merge-transcoding",
  "live-rtmp-hls-transcoding",
  "video-studio-transcoding",
  "video-transcription",
  "generate-video-storyboard"
]

const filters = ["q", "state", "type", "runner", "video"] as const

const useJobsQuery = (): JobsQuery => {
  const read = (name: string) => query.value.get(name) ?? undefined
  const state = read("state")
  const type = read("type")
  return {
    start: Number(read("start") ?? 0),
    count: COUNT,
    sort: read("sort") ?? "-createdAt",
    search: read("q"),
    runnerId: read("runner"),
    videoUUID: read("video"),
    ...(state === undefined ? {} : { stateOneOf: state.split(",") }),
    ...(type === undefined ? {} : { typeOneOf: [type] })
  }
}

const Toolbar = () => (
  <div class="toolbar">
    <SearchField label={t.jobs.search} />
    <Select
      label={t.jobs.state}
      value={query.value.get("state") ?? ""}
      choices={states}
      onChange={(state) => setQuery({ state, start: undefined })}
    />
    <Select
      label={t.jobs.type}
      value={query.value.get("type") ?? ""}
      choices={[["", t.list.allTypes], ...types.map((type) => [type, type] as const)]}
      onChange={(type) => setQuery({ type, start: undefined })}
    />
    {filters.some((name) => query.value.has(name)) ? (
      <button
        type="button"
        class="button small"
        onClick={() => setQuery(Object.fromEntries([...filters, "start"].map((name) => [name, undefined])))}
      >
        {t.list.clear}
      </button>
    ) : null}
  </div>
)

const actions: ReadonlyArray<JobAction> = ["cancel", "retry", "delete"]

/** All jobs with their filters, the details of one beside them. */
export const Jobs = () => {
  const wanted = useJobsQuery()
  const jobs = useResource(
    `jobs ${JSON.stringify(wanted)}`,
    (signal) => listJobs(wanted, signal),
    ({ type }) => type.startsWith("job.")
  )
  const { id } = route.value
  const total = jobs.data?.total ?? 0
  const isFiltered = filters.some((name) => query.value.has(name))
  return (
    <>
      <header class="screen-head">
        <h1>{t.screens.jobs}</h1>
        <span class="count">{total > 0 ? total.toLocaleString(t.language) : ""}</span>
      </header>
      <Toolbar />
      <Failure error={jobs.error} />
      {jobs.data !== undefined && total === 0 ? (
        <Empty icon="jobs" title={isFiltered ? t.list.nothing : t.jobs.empty}>
          {isFiltered ? null : <p>{t.jobs.emptyHint}</p>}
        </Empty>
      ) : (
        <DataTable
          label={t.screens.jobs}
          columns={columns}
          rows={jobs.data?.data ?? []}
          keyOf={({ uuid }) => uuid}
          hrefOf={({ uuid }) => to(`jobs/${uuid}`) + address.value.search}
          current={id}
          sort={wanted.sort}
          onSort={(sort) => setQuery({ sort, start: undefined })}
          bulk={(keys, clear) =>
            actions.map((action) => (
              <button
                key={action}
                type="button"
                class="button small"
                onClick={() =>
                  confirmJobs(action, keys, async () => {
                    clear()
                    await jobs.reload()
                  })
                }
              >
                {t.jobs[action]}
              </button>
            ))
          }
        />
      )}
      <Pager start={wanted.start} count={COUNT} total={total} />
      {id === undefined ? null : <JobPanel uuid={id} />}
    </>
  )
}
