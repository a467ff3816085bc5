import { readdirSync, readFileSync } from "node:fs"

/** Length of a tick in `/proc`, in milliseconds. Linux shows the same to all programs. */
const TICK = 10

interface Times {
  readonly parent: number
  /** CPU time of the process in milliseconds. */
  readonly own: number
  /** CPU time of its children that have ended. */
  readonly ended: number
}

/** Undefined when the process has ended, and on other systems than Linux. */
const timesOf = (pid: number | string): Times | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name before the last parenthesis may contain anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number)
    return { parent: Number(fields[1]), own: (user + system) * TICK, ended: (endedUser + endedSystem) * TICK }
  } catch {
    return undefined
  }
}

/** CPU time of a process and of its children that have ended, in milliseconds. 0 on other systems than Linux. */
export const cpuTimes = (pid: number): { readonly own: number; readonly ended: number } =>
  timesOf(pid) ?? { own: 0, ended: 0 }

/** CPU time of a process and its children in milliseconds. 0 on other systems than Linux. */
export const cpuTimeWithChildren = (pid: number): number => {
  const root = timesOf(pid)
  if (root === undefined) return 0
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(timesOf)
    .filter((times) => times?.parent === pid)
    .reduce((sum, times) => sum + (times?.own ?? 0), root.own + root.ended)
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
        const now = timesOf(pid)?.own
        if (now === undefined) continue
        total += now - (last.get(pid) ?? (isFirst ? now : 0))
        last.set(pid, now)
      }
      isFirst = false
    },
    total: () => total
  }
}
