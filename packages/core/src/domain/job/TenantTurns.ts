import { Array as Arr, Equivalence, Option, Order, Record } from "effect"
import type { RunnerJob } from "./RunnerJob.ts"

/** A tenant, none for all jobs without one. */
export type Tenant = RunnerJob["tenant"]

/** What a tenant got so far. */
interface Share {
  readonly tenant: Tenant
  /** The jobs of the tenant, divided by its weight. */
  readonly used: number
  /** The number of the last job of the tenant among all. */
  readonly last: number
}

/** How runners were shared lately. The tenant whose turn is next comes first. */
export interface TenantTurns {
  /** The usage of the tenant in turn. No tenant counts with less, so that one without jobs saves nothing for later. */
  readonly floor: number
  readonly jobs: number
  readonly shares: ReadonlyArray<Share>
}

/** Before the first job. */
export const noTurns: TenantTurns = { floor: 0, jobs: 0, shares: [] }

/** The most tenants that are remembered. Those whose last job is longest ago are forgotten first. */
const MAX_TENANTS = 1000

export const isSameTenant: (one: Tenant, other: Tenant) => boolean = Option.getEquivalence(Equivalence.string)

/** The tenants in the order of their turns. Tenants that are not among them come first. */
export const orderOf = ({ shares }: TenantTurns): ReadonlyArray<Tenant> => shares.map(({ tenant }) => tenant)

/** The turns after a job of the tenant, by start-time fair queueing: a tenant of weight 2 gets two jobs for each one of weight 1. */
export const served = (turns: TenantTurns, tenant: Tenant, weight: number): TenantTurns => {
  const own = turns.shares.find((share) => isSameTenant(share.tenant, tenant))
  const start = Math.max(turns.floor, own?.used ?? 0)
  const share: Share = { tenant, used: start + 1 / weight, last: turns.jobs }
  const others = turns.shares.filter((other) => other !== own)
  const recent = others.length < MAX_TENANTS ? others : Arr.sort(others, byLast).slice(1)
  const inTurn = Order.combine(
    Order.mapInput(Order.number, ({ used }: Share) => Math.max(start, used)),
    byLast
  )
  return { floor: start, jobs: turns.jobs + 1, shares: Arr.sort([...recent, share], inTurn) }
}

const byLast = Order.mapInput(Order.number, ({ last }: Share) => last)

/** The weights of tenants by their names. Others have the weight 1. */
export type TenantWeights = Readonly<Record<string, number>>

/** The weight of a tenant. */
export const weightOf = (weights: TenantWeights, tenant: Tenant): number =>
  Option.getOrElse(
    Option.flatMap(tenant, (name) => Record.get(weights, name)),
    () => 1
  )
