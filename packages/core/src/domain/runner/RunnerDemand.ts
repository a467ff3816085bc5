import { DateTime, Option, Order } from "effect"
import type { RunnerId } from "../Ids.ts"
import type { RunnerJob } from "../job/RunnerJob.ts"
import { type Abilities, canRun, type JobNeeds } from "./Abilities.ts"

/** Pending jobs of one kind, which need runners. */
export interface Demand extends JobNeeds {
  readonly jobs: number
  /** Milliseconds since the oldest of them became available. 0 for jobs of this moment. */
  readonly waited: number
  /** Whether runners that process another job are left alone. */
  readonly onlyIdle: boolean
}

/** A connected runner, as the choice sees it. */
export interface Candidate extends Abilities {
  readonly id: RunnerId
  /** Jobs that the runner processes now. */
  readonly processing: number
  /** When it was last pinged, in milliseconds since the epoch. */
  readonly pingedAt: number
}

/** Runners pinged beyond the number of jobs, because one of them may be full, slow or gone. */
const MARGIN = 4

/** Milliseconds after which the margin of an untaken job doubles. */
const DOUBLING = 1000

/** Milliseconds before a runner is reminded of jobs that it did not take. */
const REMINDER_PAUSE = 8000

const kindOf = ({ labels, requirements, type }: JobNeeds): string => JSON.stringify([type, requirements, labels])

/** Adds up demands of the same kind. */
export const mergeDemands = (demands: ReadonlyArray<Demand>): ReadonlyArray<Demand> => {
  const merged = new Map<string, Demand>()
  for (const demand of demands) {
    const kind = kindOf(demand)
    const known = merged.get(kind)
    const sum = known === undefined ? demand : { ...known, jobs: known.jobs + demand.jobs }
    const onlyIdle = sum.onlyIdle && demand.onlyIdle
    merged.set(kind, { ...sum, waited: Math.min(sum.waited, demand.waited), onlyIdle })
  }
  return Array.from(merged.values())
}

/** A job that rests after a failure is offered when its time has come. */
const isOffered = ({ notBefore, state }: RunnerJob): boolean => state === "Pending" && Option.isNone(notBefore)

/** The demand of jobs that were just written; empty when none of them can be taken now. */
export const demandOf = (written: ReadonlyArray<RunnerJob>): ReadonlyArray<Demand> =>
  mergeDemands(
    written
      .filter(isOffered)
      .map(({ labels, requirements, type }) => ({ type, requirements, labels, jobs: 1, waited: 0, onlyIdle: false }))
  )

const byAvailability: Order.Order<Candidate> = Order.combine(
  Order.mapInput(Order.number, ({ processing }) => processing),
  Order.mapInput(Order.number, ({ pingedAt }) => pingedAt)
)

/**
 * The number of candidates that is enough for most choices: twice the runners that are pinged, because some are busy or
 * cannot take the jobs.
 */
export const usualCandidates = (demands: ReadonlyArray<Demand>): number =>
  2 * demands.reduce((sum, demand) => sum + reachOf(demand), 0)

const reachOf = ({ jobs, waited }: Demand): number => jobs + MARGIN * 2 ** Math.min(30, Math.floor(waited / DOUBLING))

/** Whether the runner may get a ping for this demand now. Only the time of its last ping decides. */
const isPingable = ({ waited }: Demand, pingedAt: number, now: number): boolean =>
  waited === 0 || now - pingedAt >= REMINDER_PAUSE

/** Whether a runner with this last ping may get a ping for any of the demands. Times are in milliseconds since the epoch. */
export const mayPing = (demands: ReadonlyArray<Demand>, pingedAt: number, now: number): boolean =>
  demands.some((demand) => isPingable(demand, pingedAt, now))

/** Runners that are chosen, and whether others could change the choice. */
interface Choice {
  readonly ids: ReadonlyArray<RunnerId>
  /** False when a runner that was pinged later than all candidates could be chosen as well, or instead of one of them. */
  readonly isFinal: boolean
}

/**
 * Chooses the runners to ping: for each demand as many capable ones as there are jobs, and a margin that grows while the
 * jobs wait. Idle runners come first, then those that were pinged least recently. Jobs of this moment may ping any
 * runner. A reminder leaves out runners that had a ping within the last 8 seconds. `share`, between 0 and 1, is the part
 * of each demand that these candidates should cover, because other processes remind other candidates of the same jobs.
 */
export const chooseRunners = (
  demands: ReadonlyArray<Demand>,
  candidates: ReadonlyArray<Candidate>,
  now: number,
  share = 1
): Choice => {
  const sorted = candidates.toSorted(byAvailability)
  const chosen = new Set<RunnerId>()
  const moment = DateTime.unsafeMake(now)
  let isFinal = true
  for (const demand of demands) {
    const isDue = ({ pingedAt, processing }: Candidate) =>
      isPingable(demand, pingedAt, now) && !(demand.onlyIdle && processing > 0)
    let reach = Math.ceil(reachOf(demand) * share)
    for (const candidate of sorted) {
      if (reach <= 0) break
      if (chosen.has(candidate.id) || !isDue(candidate) || !canRun(demand, candidate, moment)) continue
      chosen.add(candidate.id)
      reach -= 1
      if (candidate.processing > 0) isFinal = false
    }
    if (reach > 0) isFinal = false
  }
  return { ids: Array.from(chosen), isFinal }
}
