import cluster from "node:cluster"
import { Effect, Layer, Option } from "effect"
import { READY, UPKEEP } from "./messages.ts"

/** The variables that the primary process sets for its workers. */
export const variables = { index: "CLUSTER_WORKER_INDEX", isFirstStart: "CLUSTER_WORKER_FIRST_START" } as const

/** The place of this process among the workers. None for a server that is one process. */
const index: Option.Option<number> = cluster.isWorker
  ? Option.some(Number(process.env[variables.index] ?? "0"))
  : Option.none()

/** Whether this process does what is done once per installation folder, such as the local runner. */
export const isFirst: boolean = Option.getOrElse(index, () => 0) === 0

/** Whether this process prints the next steps. A restarted worker does not. */
export const announces: boolean = isFirst && (Option.isNone(index) || process.env[variables.isFirstStart] === "true")

let hasUpkeep = Option.isNone(index)
process.on("message", (message) => {
  if (message === UPKEEP) hasUpkeep = true
})

/** Whether this process runs the rounds of upkeep. */
export const runsUpkeep: Effect.Effect<boolean> = Effect.sync(() => hasUpkeep)

/**
 * Reports to the primary process that this worker serves requests. A signal stops a worker once: Ctrl-C in a terminal
 * reaches all processes, and the signal of the primary process that follows must not end the worker at once.
 */
export const layerReady: Layer.Layer<never> = Layer.effectDiscard(
  Effect.sync(() => {
    if (Option.isNone(index)) return
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined)
    process.send?.(READY)
  })
)
