import { execFile } from "node:child_process"
import { readFile, readlink } from "node:fs/promises"
import { hostname } from "node:os"
import { Clock, type Duration, Effect, Schedule } from "effect"

/** Runs the effect on the real clock: processes and files do not follow a test's clock. */
export const inRealTime: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.withClock(
  Clock.make()
)

const orUndefined = <A>(body: () => Promise<A>): Effect.Effect<A | undefined> =>
  Effect.promise(() => body().catch(() => undefined))

const ps = (pid: number, column: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile("ps", ["-o", `${column}=`, "-p", String(pid)], (error, stdout) => {
      const line = stdout.trim()
      if (error !== null || line === "") reject(error ?? new Error(`There is no process ${pid}`))
      else resolve(line)
    })
  })

/** Reads the start in clock ticks since boot. The state is the first field after the name, the start is the 20th. */
const linuxStart = async (pid: number): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19]
}

/** The start of the process, which distinguishes it from a later one with the same number. Undefined when it has ended. */
export const startOf = (pid: number): Effect.Effect<string | undefined> =>
  orUndefined(() => (process.platform === "linux" ? linuxStart(pid) : ps(pid, "lstart")))

/** Identifies the scope of process numbers: one boot of one machine, and one container. */
export const place: Effect.Effect<string> =
  process.platform === "linux"
    ? Effect.map(
        orUndefined(() =>
          Promise.all([readFile("/proc/sys/kernel/random/boot_id", "utf8"), readlink("/proc/self/ns/pid")])
        ),
        (parts) => (parts === undefined ? hostname() : parts.join(" ").replace("\n", ""))
      )
    : Effect.sync(hostname)

/** Whether the process is a PostgreSQL server on this data folder, which is the working folder of such a server. */
export const isServerOf = (pid: number, dataDirectory: string): Effect.Effect<boolean> =>
  process.platform === "linux"
    ? Effect.map(
        Effect.all([
          startOf(pid),
          orUndefined(() => readlink(`/proc/${pid}/cwd`)),
          orUndefined(() => readFile(`/proc/${pid}/comm`, "utf8"))
        ]),
        ([start, cwd, name]) => start !== undefined && cwd === dataDirectory && name?.trim() === "postgres"
      )
    : Effect.map(
        orUndefined(() => ps(pid, "command")),
        (command) => command?.includes("postgres") === true && command.includes(dataDirectory)
      )

/** Waits for the condition. False when it was not met in time. */
export const becomesTrue = <E, R>(
  condition: Effect.Effect<boolean, E, R>,
  within: Duration.DurationInput
): Effect.Effect<boolean, E, R> =>
  condition.pipe(
    Effect.repeat({
      until: (yes) => yes,
      schedule: Schedule.spaced("25 millis").pipe(Schedule.upTo(within))
    }),
    Effect.flatMap(() => condition)
  )
