import { readFileSync } from "node:fs"

/** Length of a tick in `/proc`, in milliseconds. Linux shows the same to all programs. */
const TICK = 10

/** CPU time of a process in milliseconds. Undefined when it has ended, and on other systems than Linux. */
const cpuTimeOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name before the last parenthesis may contain anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) * TICK
  } catch {
    return undefined
  }
}

/** The CPU time of processes that come and go, such as the backends of a pool. */
export interface CpuMeter {
  /** Adds the time that these processes have used since the last sample. */
  readonly sample: (pids: ReadonlyArray<number>) => void
  /** Milliseconds so far, without the time of processes that were there before the first sample. */
  readonly total: () => number
}

export const makeCpuMeter = (): CpuMeter => {
  const last = new Map<number, number>()
  let isFirst = true
  let total = 0
  return {
    sample: (pids) => {
      for (const pid of pids) {
        const now = cpuTimeOf(pid)
        if (now === undefined) continue
        total += now - (last.get(pid) ?? (isFirst ? now : 0))
        last.set(pid, now)
      }
      isFirst = false
    },
    total: () => total
  }
}
