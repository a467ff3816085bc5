import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { platform } from "node:process"

interface Running {
  readonly pid: number
  readonly parent: number
}

/** The state stands behind the name, which may hold blanks and brackets. A zombie has ended. */
const fromProc = (pid: string): ReadonlyArray<Running> => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return state === "Z" || state === "X" ? [] : [{ pid: Number(pid), parent: Number(parent) }]
  } catch {
    return []
  }
}

const fromPs = (): ReadonlyArray<Running> =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }))

const running = (): ReadonlyArray<Running> =>
  platform === "linux"
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap(fromProc)
    : fromPs()

/** All processes below this one, however deep. */
export const descendants = (pid: number): ReadonlyArray<number> => {
  const all = running()
  const below = (parent: number): ReadonlyArray<number> =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one.pid, ...below(one.pid)])
  return below(pid)
}

/** Which of these processes still run. */
export const survivors = (pids: ReadonlyArray<number>): ReadonlyArray<number> => {
  const alive = new Set(running().map(({ pid }) => pid))
  return pids.filter((pid) => alive.has(pid))
}

/** Ends a process of a test at once; one that has ended already is fine. */
export const end = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It has ended.
  }
}
