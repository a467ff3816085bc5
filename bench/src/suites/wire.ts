import { type Answer, type Measured, measure } from "../http.ts"
import { cpuTimeWithChildren } from "../processTime.ts"
import { addJobs, clearJobs, pendingIds, type Rows } from "../rows.ts"
import type { Situation } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { startBoth, type Target } from "../wire/targets.ts"
import { accept, request, update } from "./queue.ts"

const CONCURRENCY = 8
/** The share of the bare server's calls that the connector must reach. */
const GOAL = 0.5
/** Calls of each kind before those that are measured: on new tables each connection plans its statements again. */
const FIRST = 40
/** Rounds that do not count. A request takes half of the CPU time once the connector has answered some 2,300 of them. */
const WARM_UP = 3

const names = ["request", "accept", "update"] as const
type Name = (typeof names)[number]

/** One round of one server. */
interface Round extends Pick<Measured, "perSecond" | "p50"> {
  /** CPU time of the server for a call, in milliseconds. 0 on other systems than Linux. */
  readonly cpu: number
}

export interface WireResult {
  readonly call: Name
  /** Medians of all rounds. */
  readonly connector: number
  readonly bare: number
  /** Calls a second of the connector by those of the bare server in the same round: median, lowest and highest. */
  readonly ratio: number
  readonly range: string
  readonly cpu: number
  readonly bareCpu: number
  readonly goal: string
  readonly met: boolean
}

const rounded = (value: number): number => Math.round(value * 100) / 100

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const measureOne = async (
  { pid }: Target,
  calls: number,
  call: (index: number) => Promise<Answer>,
  status: number
): Promise<Round> => {
  await measure(CONCURRENCY, FIRST, call, status)
  const before = cpuTimeWithChildren(pid)
  const { p50, perSecond } = await measure(CONCURRENCY, calls, (index) => call(FIRST + index), status)
  return { perSecond, p50, cpu: (cpuTimeWithChildren(pid) - before) / calls }
}

/** All calls of one server, on jobs of its own. */
const measureTarget = async (target: Target, rows: Rows, calls: number): Promise<Readonly<Record<Name, Round>>> => {
  const { client } = target
  await rows.run(clearJobs)
  await rows.run(addJobs("Pending", FIRST + calls))
  const ids = await rows.run(pendingIds(FIRST + calls))
  const tokens: Array<string> = []
  return {
    request: await measureOne(target, calls, request(client), 200),
    accept: await measureOne(target, calls, accept(client, ids, tokens), 200),
    update: await measureOne(target, calls, update(client, ids, tokens), 204)
  }
}

const summary = (call: Name, connector: ReadonlyArray<Round>, bare: ReadonlyArray<Round>): WireResult => {
  const ratios = connector.map(({ perSecond }, index) => perSecond / (bare[index]?.perSecond ?? Number.NaN))
  const ratio = rounded(median(ratios))
  return {
    call,
    connector: median(connector.map(({ perSecond }) => perSecond)),
    bare: median(bare.map(({ perSecond }) => perSecond)),
    ratio,
    range: `${rounded(Math.min(...ratios))} to ${rounded(Math.max(...ratios))}`,
    cpu: rounded(median(connector.map(({ cpu }) => cpu))),
    bareCpu: rounded(median(bare.map(({ cpu }) => cpu))),
    goal: `at least ${GOAL} of the bare server`,
    met: ratio >= GOAL
  }
}

/** The hot calls of the connector and of a bare server with the same statements, in rounds that alternate. */
export const wire = async (situation: Situation, rows: Rows, sizes: Sizes): Promise<ReadonlyArray<WireResult>> => {
  const { bare, connector } = await startBoth(situation, rows)
  const rounds: Array<Record<"bare" | "connector", Readonly<Record<Name, Round>>>> = []
  for (let round = 0; round < WARM_UP + sizes.wireRounds; round++) {
    const found: Partial<Record<"bare" | "connector", Readonly<Record<Name, Round>>>> = {}
    const order =
      round % 2 === 0
        ? ([
            ["bare", bare],
            ["connector", connector]
          ] as const)
        : ([
            ["connector", connector],
            ["bare", bare]
          ] as const)
    for (const [name, target] of order) found[name] = await measureTarget(target, rows, sizes.wireCalls)
    if (round >= WARM_UP && found.bare !== undefined && found.connector !== undefined) {
      rounds.push({ bare: found.bare, connector: found.connector })
    }
  }
  await bare.stop()
  await connector.stop()
  await rows.run(clearJobs)
  return names.map((name) =>
    summary(
      name,
      rounds.map((round) => round.connector[name]),
      rounds.map((round) => round.bare[name])
    )
  )
}
