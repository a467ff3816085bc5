const HOUR = 3_600_000

/** The environment of a server whose clock is some hours ahead or behind. */
export const shiftedClock = (hours: number): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import ${new URL("../../fixtures/shiftedClock.mjs", import.meta.url).href}`,
  CLOCK_SHIFT: String(hours * HOUR)
})
