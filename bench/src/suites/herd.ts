import { performance } from "node:perf_hooks"
import { setTimeout as pause } from "node:timers/promises"
import { emptyNotes, type HerdNotes, HerdRunner } from "../../../test/e2e/support/HerdRunner.ts"
import type { Child } from "../children.ts"
import { cpuTimeWithChildren } from "../processTime.ts"
import { addRunner, clearJobs, type Rows } from "../rows.ts"
import type { Situation } from "../situation.ts"
import type { Sizes } from "../sizes.ts"

/** Times in milliseconds since the commit of the jobs. */
export interface HerdResult {
  readonly runners: number
  readonly jobs: number
  readonly firstPing: number
  readonly firstJob: number
  readonly lastJob: number
  readonly calls: number
  readonly lostRaces: number
  readonly errors: number
  /** Accepts that were answered with another job than the one that the runner was shown first. */
  readonly substitutes: number
  /** CPU time of the runners, the server and the database until the jobs were taken, in milliseconds. */
  readonly clientCpu: number
  readonly serverCpu: number
  readonly databaseCpu: number
  readonly goal: string
  readonly met: boolean
}

interface Herd {
  readonly runners: ReadonlyArray<HerdRunner>
  readonly notes: HerdNotes
}

type ReadCpu = () => Pick<HerdResult, "clientCpu" | "serverCpu" | "databaseCpu">

/** The CPU time so far. The runners are in this process. */
const makeReadCpu =
  (server: Child<number>, { databasePid }: Situation): ReadCpu =>
  () => {
    const { system, user } = process.cpuUsage()
    return {
      clientCpu: (system + user) / 1000,
      serverCpu: cpuTimeWithChildren(server.pid),
      databaseCpu: cpuTimeWithChildren(databasePid)
    }
  }

const until = async (what: string, isTrue: () => boolean): Promise<void> => {
  const end = performance.now() + 120_000
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`After 120 s: not ${what}`)
    await pause(20)
  }
}

const gather = async (port: number, rows: Rows, count: number): Promise<Herd> => {
  const notes = emptyNotes()
  const runners: Array<HerdRunner> = []
  for (let number = 1; number <= count; number++) {
    const token = `ptrt-${crypto.randomUUID()}`
    await rows.run(addRunner(token, `herd ${number}`))
    runners.push(new HerdRunner(port, number, token, notes))
  }
  await until("idle", () => runners.every(({ isIdle }) => isIdle))
  return { runners, notes }
}

/** Offers jobs to idle runners, and measures until all runners have a job or no job is left. */
const offer = async (server: Child<number>, { notes, runners }: Herd, readCpu: ReadCpu, jobs: number) => {
  for (const list of [notes.calls, notes.errors, notes.jobs, notes.pings]) list.length = 0
  const before = readCpu()
  const committed = ((await server.ask("offered", { offer: jobs })) as number) - performance.timeOrigin
  const taken = Math.min(jobs, runners.length)
  await until(`${taken} jobs taken`, () => notes.jobs.length >= taken)
  const after = readCpu()
  // Reminders start after the first second.
  await pause(1200)
  for (const runner of runners) runner.forget()
  const since = (at = Number.NaN) => Math.round(at - committed)
  return {
    runners: runners.length,
    jobs,
    firstPing: since(notes.pings[0]),
    firstJob: since(notes.jobs[0]?.at),
    lastJob: since(notes.jobs[taken - 1]?.at),
    calls: notes.calls.length,
    lostRaces: notes.calls.filter(([, status]) => status === 409).length,
    errors: notes.errors.length,
    substitutes: notes.jobs.filter(({ asked, uuid }) => asked !== uuid).length,
    clientCpu: Math.round(after.clientCpu - before.clientCpu),
    serverCpu: after.serverCpu - before.serverCpu,
    databaseCpu: after.databaseCpu - before.databaseCpu
  }
}

/** One new job, then more jobs than runners. All runners are idle, and behave as the real program. */
export const herd = async (situation: Situation, rows: Rows, sizes: Sizes): Promise<ReadonlyArray<HerdResult>> => {
  const results: Array<HerdResult> = []
  const server = await situation.startServer()
  const readCpu = makeReadCpu(server, situation)
  await rows.run(clearJobs)
  const gathered = await gather(server.ready, rows, sizes.herd.runners)
  for (let round = 1; round <= sizes.herd.rounds; round++) {
    const one = await offer(server, gathered, readCpu, 1)
    const met = one.firstPing < 25 && one.firstJob < 100 && one.calls < 20 && one.errors === 0
    results.push({ ...one, goal: "ping 25 ms, job 100 ms, 20 calls", met })
    await rows.run(clearJobs)
  }
  const many = await offer(server, gathered, readCpu, sizes.herd.jobs)
  results.push({ ...many, goal: "last job 5 s, no 409", met: many.lastJob < 5_000 && many.lostRaces === 0 })
  for (const runner of gathered.runners) runner.close()
  await rows.run(clearJobs)
  await server.stop()
  return results
}
