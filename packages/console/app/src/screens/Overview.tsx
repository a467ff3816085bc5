import type { ComponentChildren } from "preact"
import { useMemo } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Overview as Figures } from "../api/documents.ts"
import { size } from "../state/format.ts"
import { useResource } from "../state/resource.ts"
import { param, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Time } from "../ui/basic.tsx"
import { Chart } from "../ui/Chart.tsx"
import { Segments } from "../ui/choices.tsx"
import { type Column, DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"

type Queue = Figures["queue"][number]

const columns: ReadonlyArray<Column<Queue>> = [
  { id: "type", class: "grow", cell: ({ type }) => type },
  { id: "pending", class: "number", cell: ({ pending }) => pending },
  { id: "processing", class: "number", cell: ({ processing }) => processing },
  { id: "waiting", class: "number secondary", cell: ({ waiting }) => waiting },
  { id: "oldest", class: "time", cell: ({ oldestPendingAt }) => <Time at={oldestPendingAt} /> }
]

interface FigureProps {
  readonly label: string
  readonly value: ComponentChildren
  readonly detail?: string | undefined
  readonly href: string
}

const Figure = ({ detail, href, label, value }: FigureProps) => (
  <a class="figure" href={href}>
    <span class="figure-label">{label}</span>
    <span class="figure-value">{typeof value === "number" ? value.toLocaleString(t.language) : value}</span>
    <span class="figure-detail">{detail}</span>
  </a>
)

const rate = (value: number | null) => (value === null ? "–" : `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`)

const Row = ({ figures }: { readonly figures: Figures }) => {
  const { oldestPending: oldest, runners, storage, throughput, videos } = figures
  const { completed, failed, failureRate } = throughput
  const failures = `${t.overview.failureRate}: ${rate(failureRate)}`
  const age = oldest === null ? t.overview.none : <Time at={oldest.createdAt} />
  const place = oldest === null ? `${to("jobs")}?state=1` : to(`jobs/${oldest.uuid}`)
  const inVideos = t.overview.inVideos(videos.total)
  return (
    <div class="figures">
      <Figure label={t.overview.completed} value={completed} href={`${to("jobs")}?state=3`} />
      <Figure label={t.overview.failed} value={failed} detail={failures} href={`${to("jobs")}?state=4`} />
      <Figure label={t.overview.oldest} value={age} detail={oldest?.type} href={place} />
      <Figure
        label={t.overview.busy}
        value={runners.busy}
        detail={t.overview.ofRunners(runners)}
        href={to("runners")}
      />
      <Figure label={t.overview.storage} value={size(storage.bytes)} detail={inVideos} href={to("videos")} />
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
    <DataTable
      label={t.overview.queue}
      columns={columns}
      rows={queue}
      keyOf={({ type }) => type}
      hrefOf={({ type }) => `${to("jobs")}?type=${type}&state=1,2,5,9`}
    >
      <p class="hint">{t.overview.idleQueue}</p>
    </DataTable>
  </section>
)

const ranges = (["hour", "day", "week"] as const).map((range) => [range, t.overview[range]] as const)

/** The state of everything in figures. */
export const Overview = () => {
  const range = ranges.find(([one]) => one === param("range"))?.[0] ?? "day"
  const overview = useResource(
    `overview ${range}`,
    (signal) => client.getOverview({ query: { range }, signal }),
    ({ type }) => type.startsWith("job.") || type.startsWith("runner.")
  )
  return (
    <>
      <ScreenHead title={t.screens.overview}>
        <Segments name="range" label={t.overview.range} choices={ranges} initial="day" />
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
