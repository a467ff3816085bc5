import { Ids } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { UnknownJob, UnknownVideo, UnknownWebhook } from "../errors/index.ts"

/** A text that is no id is the id of nothing. */
const idOf =
  <A, E>(schema: Schema.Schema<A, string>, unknown: () => E) =>
  (text: string): Effect.Effect<A, E> =>
    Effect.mapError(Schema.decodeUnknown(schema)(text), unknown)

export const videoId: (text: string) => Effect.Effect<Ids.VideoId, UnknownVideo> = idOf(
  Ids.VideoId,
  () => new UnknownVideo({ message: "Unknown video" })
)

export const jobId: (text: string) => Effect.Effect<Ids.JobId, UnknownJob> = idOf(
  Ids.JobId,
  () => new UnknownJob({ message: "Unknown job" })
)

export const webhookId: (text: string) => Effect.Effect<Ids.WebhookId, UnknownWebhook> = idOf(
  Ids.WebhookId,
  () => new UnknownWebhook({ message: "Unknown webhook" })
)
