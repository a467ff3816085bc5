import { Schema } from "effect"

/** The public id of a job, a v4 UUID. Runners see it as `uuid`. */
export const JobId = Schema.UUID.pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

/** The public id of a video, a v4 UUID. */
export const VideoId = Schema.UUID.pipe(Schema.brand("VideoId"))
export type VideoId = typeof VideoId.Type

/** The number that the store gives a runner when it registers. */
export const RunnerId = Schema.Int.pipe(Schema.brand("RunnerId"))
export type RunnerId = typeof RunnerId.Type

/** The number that the store gives a registration token. */
export const RegistrationTokenId = Schema.Int.pipe(Schema.brand("RegistrationTokenId"))
export type RegistrationTokenId = typeof RegistrationTokenId.Type

/** SHA-256 of a token in lowercase hex. Tokens are stored and compared only in this form. */
export const TokenHash = Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/), Schema.brand("TokenHash"))
export type TokenHash = typeof TokenHash.Type

/** The id of an event, a v4 UUID. It stays the same when the event is delivered again. */
export const EventId = Schema.UUID.pipe(Schema.brand("EventId"))
export type EventId = typeof EventId.Type

/** The id of a webhook endpoint, a v4 UUID. */
export const WebhookId = Schema.UUID.pipe(Schema.brand("WebhookId"))
export type WebhookId = typeof WebhookId.Type
