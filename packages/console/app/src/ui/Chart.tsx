import { useEffect, useRef } from "preact/hooks"
import uPlot from "uplot"
import { shortTime } from "../state/format.ts"
import { t } from "../texts.ts"
import { useScale } from "./scale.ts"

export interface Series {
  readonly label: string
  /** The name of a custom property with the colour. */
  readonly color: string
  readonly values: ReadonlyArray<number>
}

/** Tenths of a rem. */
const HEIGHT = 200

/** The colour of a custom property in the scheme of the page. A canvas does not know `light-dark()`. */
const colorOf = (name: string) => {
  const probe = document.createElement("span")
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

const hour = new Intl.DateTimeFormat(t.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const day = new Intl.DateTimeFormat(t.language, { day: "numeric", month: "short" })

/** Times of day, and the date where a day begins. */
const timesOf: uPlot.Axis.DynamicValues = (_, seconds) =>
  seconds.map((second) => {
    const when = new Date(second * 1000)
    return when.getHours() === 0 && when.getMinutes() === 0 ? day.format(when) : hour.format(when)
  })

const optionsOf = (width: number, scale: number, series: ReadonlyArray<Series>): uPlot.Options => {
  const axis = {
    stroke: colorOf("--faint"),
    font: `${12 * scale}px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: colorOf("--line"), width: 1 },
    ticks: { show: false }
  }
  return {
    width,
    height: HEIGHT * scale,
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [
      { ...axis, size: 50 * scale, values: timesOf },
      { ...axis, size: 40 * scale, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] }
    ],
    series: [
      { label: t.overview.time, value: (_, second) => (second == null ? "–" : shortTime(new Date(second * 1000))) },
      ...series.map(({ color, label }) => ({
        label,
        stroke: colorOf(color),
        fill: `color-mix(in srgb, ${colorOf(color)} 14%, transparent)`,
        width: 1.5,
        points: { show: false }
      }))
    ]
  }
}

/** Lines over time. Colours follow the scheme of the page. */
export const Chart = (props: {
  readonly label: string
  /** Seconds since 1970. */
  readonly times: ReadonlyArray<number>
  readonly series: ReadonlyArray<Series>
}) => {
  const ref = useRef<HTMLDivElement>(null)
  const { label, series, times } = props
  const scale = useScale()
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const data: uPlot.AlignedData = [[...times], ...series.map(({ values }) => [...values])]
    let plot: uPlot | undefined
    const draw = () => {
      plot?.destroy()
      plot = new uPlot(optionsOf(element.clientWidth, scale, series), data, element)
    }
    draw()
    const observer = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT * scale }))
    observer.observe(element)
    const scheme = matchMedia("(prefers-color-scheme: dark)")
    scheme.addEventListener("change", draw)
    return () => {
      observer.disconnect()
      scheme.removeEventListener("change", draw)
      plot?.destroy()
    }
  }, [times, series, scale])
  return <div class="chart" ref={ref} role="img" aria-label={label} />
}
