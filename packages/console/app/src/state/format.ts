import { signal } from "@preact/signals"
import { t } from "../texts.ts"

const units = ["B", "kB", "MB", "GB", "TB"]

/** `12.3 MB`: powers of ten, at most one digit after the point. */
export const size = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`
}

/** `4:05` or `1:04:05`. */
export const clock = (seconds: number): string => {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return (parts[0] === 0 ? parts.slice(1) : parts)
    .map((part, index) => (index === 0 ? `${part}` : `${part}`.padStart(2, "0")))
    .join(":")
}

/** `4:05.3`: with tenths of a second. */
export const clockTenths = (seconds: number): string => {
  const tenths = Math.round(seconds * 10)
  return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`
}

/** An integer percentage between 0 and 100. An unknown value is 0. */
export const percent = (value: number | null | undefined): number => Math.min(100, Math.max(0, Math.floor(value ?? 0)))

const steps: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60]
]
const relative = new Intl.RelativeTimeFormat(t.language, { numeric: "auto", style: "short" })
const date = new Intl.DateTimeFormat(t.language, { dateStyle: "medium" })
const exact = new Intl.DateTimeFormat(t.language, { dateStyle: "full", timeStyle: "long" })
const stamp = new Intl.DateTimeFormat(t.language, { dateStyle: "medium", timeStyle: "short" })

const ticks = signal(Date.now())
setInterval(() => {
  ticks.value = Date.now()
}, 30_000)

/** The current time. Components that call this are shown again every half minute. */
export const now = (): number => Math.max(ticks.value, Date.now())

/** `3 min. ago`, `in 20 sec.`, or a date when more than a week lies between. */
export const relativeTime = (when: Date): string => {
  const seconds = (when.getTime() - now()) / 1000
  if (Math.abs(seconds) > 7 * 86_400) return date.format(when)
  const step = steps.find(([, length]) => Math.abs(seconds) >= length)
  if (step !== undefined) return relative.format(Math.trunc(seconds / step[1]), step[0])
  return seconds > 1 ? relative.format(Math.ceil(seconds), "second") : t.time.now
}

export const exactTime = (when: Date): string => exact.format(when)
export const shortTime = (when: Date): string => stamp.format(when)
