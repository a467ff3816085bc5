import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Runner } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { address, param, route, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Empty, Tags, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { Pager, withinEnd } from "../ui/Pager.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import type { Column } from "../ui/table.ts"
import { RunnerPanel } from "./RunnerPanel.tsx"
import { RunnerStatus } from "./RunnerStatus.tsx"
import { CreateToken, NewToken } from "./TokenDialogs.tsx"
import { Tokens } from "./Tokens.tsx"

const COUNT = 100

const columns: ReadonlyArray<Column<Runner>> = [
  { id: "name", class: "grow", cell: ({ name }) => <span dir="auto">{name}</span> },
  { id: "status", cell: (runner) => <RunnerStatus runner={runner} /> },
  { id: "labels", class: "secondary", cell: ({ labels }) => <Tags labels={labels} /> },
  { id: "current", class: "number", cell: ({ currentJobs }) => currentJobs },
  { id: "version", class: "secondary", cell: ({ version }) => version },
  { id: "address", class: "secondary", cell: ({ ip }) => <code>{ip}</code> },
  { id: "lastContact", class: "time", cell: ({ lastContact }) => <Time at={lastContact} /> }
]

interface ListProps {
  readonly rows: ReadonlyArray<Runner>
  readonly total: number
  readonly onStart: () => void
}

const None = ({ onStart }: Pick<ListProps, "onStart">) =>
  param("q") ? (
    <Empty icon="search" title={t.list.nothing} />
  ) : (
    <Empty icon="runners" title={t.runners.empty} steps={t.runners.guide}>
      <Button look="primary" onClick={onStart}>
        {t.runners.newToken}
      </Button>
    </Empty>
  )

const List = ({ onStart, rows, total }: ListProps) => (
  <DataTable
    label={t.screens.runners}
    columns={columns}
    rows={rows}
    keyOf={({ id }) => String(id)}
    hrefOf={({ id }) => to(`runners/${id}`) + address.value.search}
    current={route.value.id}
  >
    {total === 0 && <None onStart={onStart} />}
  </DataTable>
)

/** The runners, the details of one beside them, and the tokens for new ones. */
export const Runners = () => {
  const start = Number(param("start"))
  const search = param("q")
  const runners = useResource(
    `runners ${start} ${search}`,
    async (signal) =>
      withinEnd(await client.listRunners({ query: { start, count: COUNT, search }, signal }), start, COUNT),
    ({ type }) => type.startsWith("runner.") || type === "job.accepted" || type === "job.completed"
  )
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<string>()
  const { id } = route.value
  const create = () => setCreating(true)
  return (
    <>
      <ScreenHead title={t.screens.runners} count={runners.data?.total || undefined}>
        <Button id="new-token" onClick={create}>
          {t.runners.newToken}
        </Button>
      </ScreenHead>
      <div class="toolbar">
        <SearchField label={t.runners.search} />
      </div>
      <Loaded of={runners}>
        {({ data, total }) => (
          <>
            <List rows={data} total={total} onStart={create} />
            <Pager start={start} count={COUNT} total={total} />
            <Tokens version={made} />
          </>
        )}
      </Loaded>
      {isCreating && <CreateToken onClose={() => setCreating(false)} onCreated={setMade} />}
      {made && <NewToken token={made} onClose={() => setMade(undefined)} />}
      {id && <RunnerPanel key={id} id={id} onChange={runners.reload} />}
    </>
  )
}
