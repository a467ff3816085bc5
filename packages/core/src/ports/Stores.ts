import type { Context } from "effect"
import { EventConsumers } from "./EventConsumers.ts"
import { EventStore } from "./EventStore.ts"
import { FleetStore } from "./FleetStore.ts"
import { JobQueue } from "./JobQueue.ts"
import { JobStore } from "./JobStore.ts"
import { MediaReportStore } from "./MediaReportStore.ts"
import { OverviewStore } from "./OverviewStore.ts"
import { PresenceStore } from "./PresenceStore.ts"
import { RunnerStore } from "./RunnerStore.ts"
import { SessionStore } from "./SessionStore.ts"
import { UploadStore } from "./UploadStore.ts"
import { VideoStore } from "./VideoStore.ts"
import { WebhookStore } from "./WebhookStore.ts"

/** Every port that keeps rows. They share their data, so an installation has all of one kind. */
export const tags = [
  JobStore,
  JobQueue,
  RunnerStore,
  FleetStore,
  PresenceStore,
  UploadStore,
  VideoStore,
  MediaReportStore,
  EventStore,
  EventConsumers,
  WebhookStore,
  OverviewStore,
  SessionStore
] as const

/** All of these ports. */
export type Stores = Context.Tag.Identifier<(typeof tags)[number]>
