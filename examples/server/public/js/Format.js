const units = ["B", "kB", "MB", "GB", "TB"]

/**
 * `12.3 MB`: powers of ten, at most one digit after the point.
 * @param {number} bytes
 */
export const size = (bytes) => {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`
}

/**
 * `4:05` or `1:04:05`.
 * @param {number} seconds
 */
export const clock = (seconds) => {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, index) => (index === 0 ? `${part}` : `${part}`.padStart(2, "0"))).join(":")
}

/**
 * Returns an integer percentage between 0 and 100. An unknown value is 0.
 * @param {number | null | undefined} value
 */
export const percent = (value) => Math.min(100, Math.max(0, Math.floor(value ?? 0)))

/**
 * `1 rendition`, `3 renditions`.
 * @param {number} count
 * @param {string} noun
 */
export const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`

/** @type {ReadonlyArray<readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number]>} */
const steps = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60]
]
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" })
const date = new Intl.DateTimeFormat("en", { dateStyle: "medium" })

/**
 * `3 minutes ago`, or a date after more than a week.
 * @param {Date} when
 * @param {number} [now] milliseconds
 */
export const ago = (when, now = Date.now()) => {
  const seconds = (now - when.getTime()) / 1000
  if (seconds > 7 * 86_400) return date.format(when)
  const step = steps.find(([, length]) => seconds >= length)
  return step === undefined ? "just now" : relative.format(-Math.floor(seconds / step[1]), step[0])
}

/**
 * `in 20 seconds`, or `now` for a past time.
 * @param {Date} when
 * @param {number} [now] milliseconds
 */
export const until = (when, now = Date.now()) => {
  const seconds = Math.ceil((when.getTime() - now) / 1000)
  const step = steps.find(([, length]) => seconds >= length)
  return seconds <= 0
    ? "now"
    : step === undefined
      ? relative.format(seconds, "second")
      : relative.format(Math.ceil(seconds / step[1]), step[0])
}
