import { listJobs } from "../api/administration.ts"
import type { JobAction, JobsQuery } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { address, query, route, setQuery, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Empty, Failure, Select } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Pager } from "../ui/Pager.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import { JobPanel } from "./JobPanel.tsx"
import { confirmJobs } from "./jobActions.ts"
import { columns } from "./jobColumns.tsx"

const COUNT = 50

/** The states of jobs that have not ended. */
const OPEN = "1,2,5,9"

const states: ReadonlyArray<readonly [string, string]> = [
  ["", t.list.allStates],
  [OPEN, t.list.open],
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

const filters = ["q", "state", "type", "runner", "video", "rendition"] as const

const useJobsQuery = () => {
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
    renditionUUID: read("rendition"),
    // The address may hold anything. The server refuses what it does not know.
    ...(state === undefined ? {} : { stateOneOf: state.split(",") as JobsQuery["stateOneOf"] }),
    ...(type === undefined ? {} : { typeOneOf: [type] as unknown as JobsQuery["typeOneOf"] })
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
