import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { basename } from "node:path"
import { platform } from "node:process"

interface Running {
  readonly pid: number
  readonly parent: number
  /** The name of the executable without its path. */
  readonly program: string
}

/** Newer versions of Node name their main thread, so the name in `stat` is not that of the program. */
const programOf = (pid: string): string => {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return ""
  }
}

/** The name in `stat` may contain blanks and brackets. A zombie counts as ended. */
const fromProc = (pid: string): ReadonlyArray<Running> => {
  try {
    const [, state, parent] = /^\d+ \(.*\) (\w) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? []
    const isOver = state === "Z" || state === "X"
    return isOver ? [] : [{ pid: Number(pid), parent: Number(parent), program: programOf(pid) }]
  } catch {
    return []
  }
}

const fromPs = (): ReadonlyArray<Running> =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith("Z"))
    .map(([pid, parent, , ...path]) => ({
      pid: Number(pid),
      parent: Number(parent),
      program: basename(path.join(" "))
    }))

const running = (): ReadonlyArray<Running> =>
  platform === "linux"
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap(fromProc)
    : fromPs()

/** All descendants of this process, optionally only those of one program. */
export const descendants = (pid: number, program?: string): ReadonlyArray<number> => {
  const all = running()
  const below = (parent: number): ReadonlyArray<Running> =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid)
    .filter((one) => program === undefined || one.program === program)
    .map((one) => one.pid)
}

/** Filters the processes to those that still run. */
export const survivors = (pids: ReadonlyArray<number>): ReadonlyArray<number> => {
  const alive = new Set(running().map(({ pid }) => pid))
  return pids.filter((pid) => alive.has(pid))
}

/** Kills a test process. A process that has already ended is ignored. */
export const end = (pid: number): void => {
  // Other numbers stand for process groups, such as the one of the tests.
  if (!(pid > 0)) throw new Error(`${pid} is not the number of a process`)
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // The process has ended.
  }
}
