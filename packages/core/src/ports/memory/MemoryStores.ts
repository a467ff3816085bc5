import { Context, Effect, Layer } from "effect"
import { EventConsumers } from "../EventConsumers.ts"
import { EventStore } from "../EventStore.ts"
import { FleetStore } from "../FleetStore.ts"
import { JobQueue } from "../JobQueue.ts"
import { JobStore } from "../JobStore.ts"
import { MediaReportStore } from "../MediaReportStore.ts"
import { OverviewStore } from "../OverviewStore.ts"
import { PresenceStore } from "../PresenceStore.ts"
import { RunnerStore } from "../RunnerStore.ts"
import { SessionStore } from "../SessionStore.ts"
import type { Stores } from "../Stores.ts"
import { UploadStore } from "../UploadStore.ts"
import { VideoStore } from "../VideoStore.ts"
import { WebhookStore } from "../WebhookStore.ts"
import * as MemoryEventConsumers from "./MemoryEventConsumers.ts"
import * as MemoryEventStore from "./MemoryEventStore.ts"
import * as MemoryFleetStore from "./MemoryFleetStore.ts"
import * as MemoryJobQueue from "./MemoryJobQueue.ts"
import * as MemoryJobStore from "./MemoryJobStore.ts"
import * as MemoryMediaReportStore from "./MemoryMediaReportStore.ts"
import * as MemoryOverviewStore from "./MemoryOverviewStore.ts"
import * as MemoryPresenceStore from "./MemoryPresenceStore.ts"
import * as MemoryRunnerStore from "./MemoryRunnerStore.ts"
import * as MemorySessionStore from "./MemorySessionStore.ts"
import { type MemoryState, makeState } from "./MemoryState.ts"
import * as Transactions from "./MemoryTransactions.ts"
import * as MemoryUploadStore from "./MemoryUploadStore.ts"
import * as MemoryVideoStore from "./MemoryVideoStore.ts"
import * as MemoryWebhookStore from "./MemoryWebhookStore.ts"

/** The stores over the given state. */
export const make = (state: MemoryState): Context.Context<Stores> =>
  Context.make(JobStore, MemoryJobStore.make(state)).pipe(
    Context.add(JobQueue, MemoryJobQueue.make(state)),
    Context.add(RunnerStore, MemoryRunnerStore.make(state)),
    Context.add(FleetStore, MemoryFleetStore.make(state)),
    Context.add(PresenceStore, MemoryPresenceStore.make(state)),
    Context.add(UploadStore, MemoryUploadStore.make(state)),
    Context.add(VideoStore, MemoryVideoStore.make(state)),
    Context.add(MediaReportStore, MemoryMediaReportStore.make(state)),
    Context.add(EventConsumers, MemoryEventConsumers.make(state.consumers)),
    Context.add(WebhookStore, MemoryWebhookStore.make(state.webhooks)),
    Context.add(OverviewStore, MemoryOverviewStore.make(state)),
    Context.add(SessionStore, MemorySessionStore.make()),
    Context.add(EventStore, MemoryEventStore.make(state))
  )

/**
 * The stores and the job queue over one state in memory, under the contracts of every store. For tests, and for hosts
 * that need no persistence. Lookups may scan everything.
 */
export const layer: Layer.Layer<Stores | Transactions.MemoryTransactions> = Layer.effectContext(
  Effect.sync(() => {
    const state = makeState()
    return Context.add(make(state), Transactions.MemoryTransactions, Transactions.make(state))
  })
)
