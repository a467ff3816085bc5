import type { ComponentChildren } from "preact"
import { useMemo } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Overview as Figures } from "../api/documents.ts"
import { size } from "../state/format.ts"
import { useResource } from "../state/resource.ts"
import { query, setQuery, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Segments, Time } from "../ui/basic.tsx"
import { Chart } from "../ui/Chart.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import type { Column } from "../ui/table.ts"

type Queue = Figures["queue"][number]

const columns: ReadonlyArray<Column<Queue>> = [
  { id: "type", header: t.overview.type, class: "grow", cell: ({ type }) => type },
  { id: "pending", header: t.overview.pending, class: "number", cell: ({ pending }) => pending },
  { id: "processing", header: t.overview.processing, class: "number", cell: ({ processing }) => processing },
  { id: "waiting", header: t.overview.waiting, class: "number secondary", cell: ({ waiting }) => waiting },
  { id: "oldest", header: t.overview.oldestOf, class: "time", cell: (one) => <Time at={one.oldestPendingAt} /> }
]

const Figure = (props: {
  readonly label: string
  readonly value: ComponentChildren
  readonly detail?: ComponentChildren
  readonly href?: string
}) => (
  <a class="figure" href={props.href}>
    <span class="figure-label">{props.label}</span>
    <span class="figure-value">{props.value}</span>
    <span class="figure-detail">{props.detail}</span>
  </a>
)

const rate = (value: number | null) => (value === null ? "–" : `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`)

const Row = ({ figures }: { readonly figures: Figures }) => {
  const { oldestPending, runners, storage, throughput, videos } = figures
  return (
    <div class="figures">
      <Figure
        label={t.overview.completed}
        value={throughput.completed.toLocaleString(t.language)}
        href={`${to("jobs")}?state=3`}
      />
      <Figure
        label={t.overview.failed}
        value={throughput.failed.toLocaleString(t.language)}
        detail={`${t.overview.failureRate}: ${rate(throughput.failureRate)}`}
        href={`${to("jobs")}?state=4`}
      />
      <Figure
        label={t.overview.oldest}
        value={oldestPending === null ? t.overview.none : <Time at={oldestPending.createdAt} />}
        detail={oldestPending?.type}
        href={oldestPending === null ? `${to("jobs")}?state=1` : to(`jobs/${oldestPending.uuid}`)}
      />
      <Figure
        label={t.overview.busy}
        value={runners.busy}
        detail={t.overview.ofRunners(runners)}
        href={to("runners")}
      />
      <Figure
        label={t.overview.storage}
        value={size(storage.bytes)}
        detail={t.overview.inVideos(videos.total)}
        href={to("videos")}
      />
    </div>
  )
}

const Throughput = ({ figures }: { readonly figures: Figures }) => {
  const { series } = figures
  const times = useMemo(() => series.map(({ at }) => new Date(at).getTime() / 1000), [series])
  const lines = useMemo(
    () => [
      { label: t.overview.completed, color: "--good", values: series.map(({ completed }) => completed) },
      { label: t.overview.failed, color: "--bad", values: series.map(({ failed }) => failed) }
    ],
    [series]
  )
  return <Chart label={t.overview.chart} times={times} series={lines} />
}

const Queues = ({ queue }: { readonly queue: ReadonlyArray<Queue> }) => (
  <section class="card-box">
    <h2>{t.overview.queue}</h2>
    {queue.length === 0 ? (
      <p class="hint">{t.overview.idleQueue}</p>
    ) : (
      <DataTable
        label={t.overview.queue}
        columns={columns}
        rows={queue}
        keyOf={({ type }) => type}
        hrefOf={({ type }) => `${to("jobs")}?type=${type}&state=1,2,5,9`}
      />
    )}
  </section>
)

const ranges = ["hour", "day", "week"] as const

/** The state of everything in figures. */
export const Overview = () => {
  const range = ranges.find((one) => one === query.value.get("range")) ?? "day"
  const overview = useResource(
    `overview ${range}`,
    (signal) => client.getOverview({ query: { range }, signal }),
    ({ type }) => type.startsWith("job.") || type.startsWith("runner.")
  )
  return (
    <>
      <ScreenHead title={t.screens.overview}>
        <Segments
          label={t.overview.range}
          value={range}
          choices={ranges.map((value) => ({ value, text: t.overview[value] }))}
          onChange={(value) => setQuery({ range: value === "day" ? undefined : value })}
        />
      </ScreenHead>
      <Loaded of={overview}>
        {(figures) => (
          <>
            <Row figures={figures} />
            <section class="card-box">
              <h2>{t.overview.throughput}</h2>
              <Throughput figures={figures} />
            </section>
            <Queues queue={figures.queue} />
          </>
        )}
      </Loaded>
    </>
  )
}
