import { useState } from "preact/hooks"
import { listRunners } from "../api/administration.ts"
import type { Runner } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { address, query, route, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Empty, Failure, Tags, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Pager } from "../ui/Pager.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import type { Column } from "../ui/table.ts"
import { RunnerPanel } from "./RunnerPanel.tsx"
import { RunnerStatus } from "./RunnerStatus.tsx"
import { Tokens } from "./Tokens.tsx"

const COUNT = 100

const searched = () => query.value.get("q") ?? ""

const columns: ReadonlyArray<Column<Runner>> = [
  { id: "name", header: t.runners.name, class: "grow", cell: ({ name }) => <span dir="auto">{name}</span> },
  { id: "status", header: t.runners.status, cell: (runner) => <RunnerStatus runner={runner} /> },
  {
    id: "labels",
    header: t.runners.labels,
    class: "secondary",
    cell: ({ labels }) => <Tags labels={labels} />
  },
  { id: "current", header: t.runners.current, class: "number", cell: ({ currentJobs }) => currentJobs },
  { id: "version", header: t.runners.version, class: "secondary", cell: ({ version }) => version },
  { id: "ip", header: t.runners.address, class: "secondary", cell: ({ ip }) => <code>{ip}</code> },
  { id: "contact", header: t.runners.contact, class: "time", cell: ({ lastContact }) => <Time at={lastContact} /> }
]

const Guide = ({ onStart }: { readonly onStart: () => void }) => (
  <Empty icon="runners" title={t.runners.empty}>
    <ol>
      {t.runners.guide.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
    <button type="button" class="button primary" onClick={onStart}>
      {t.runners.newToken}
    </button>
  </Empty>
)

const List = (props: {
  readonly runners: ReadonlyArray<Runner>
  readonly isEmpty: boolean
  readonly onStart: () => void
}) => {
  const { isEmpty, onStart, runners } = props
  if (isEmpty && searched() === "") return <Guide onStart={onStart} />
  return (
    <>
      <div class="toolbar">
        <SearchField label={t.runners.search} />
      </div>
      {isEmpty ? (
        <Empty icon="search" title={t.list.nothing} />
      ) : (
        <DataTable
          label={t.screens.runners}
          columns={columns}
          rows={runners}
          keyOf={(runner) => String(runner.id)}
          hrefOf={(runner) => to(`runners/${runner.id}`) + address.value.search}
          current={route.value.id}
        />
      )}
    </>
  )
}

/** The runners, the details of one beside them, and the tokens for new ones. */
export const Runners = () => {
  const start = Number(query.value.get("start") ?? 0)
  const runners = useResource(
    `runners ${start} ${searched()}`,
    (signal) => listRunners({ start, count: COUNT, search: searched() }, signal),
    ({ type }) => type.startsWith("runner.") || type === "job.accepted" || type === "job.completed"
  )
  const [isCreating, setCreating] = useState(false)
  const { id } = route.value
  const { data = [], total = 0 } = runners.data ?? {}
  return (
    <>
      <header class="screen-head">
        <h1>{t.screens.runners}</h1>
        <span class="count">{total > 0 ? total.toLocaleString(t.language) : ""}</span>
      </header>
      <Failure error={runners.error} />
      <List runners={data} isEmpty={runners.data !== undefined && total === 0} onStart={() => setCreating(true)} />
      <Pager start={start} count={COUNT} total={total} />
      <Tokens isCreating={isCreating} onCreating={setCreating} />
      {id === undefined ? null : <RunnerPanel key={id} id={id} onChange={runners.reload} />}
    </>
  )
}
