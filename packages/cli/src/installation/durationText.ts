import { Duration } from "effect"

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000]
] as const

/** A duration as settings accept it: `12 hours`. */
export const durationText = (duration: Duration.Duration): string => {
  const millis = Duration.toMillis(duration)
  if (millis === 0) return "0 seconds"
  const [unit, length] = units.find(([, length]) => millis % length === 0) ?? ["millisecond", 1]
  const count = millis / length
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}
