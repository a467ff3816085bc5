import { Context, type Effect, Schema } from "effect"

/** The endpoint gave no answer. */
export class WebhookSendError extends Schema.TaggedError<WebhookSendError>()("WebhookSendError", {
  message: Schema.String
}) {}

/** A request to an endpoint. */
export interface WebhookRequest {
  readonly url: string
  readonly secret: string
  /** Stays the same when the delivery is repeated. */
  readonly id: string
  readonly body: string
}

/** Sends signed requests to endpoints. */
export class WebhookSender extends Context.Tag("@runner-connector/core/WebhookSender")<
  WebhookSender,
  {
    /** Sends the request and returns the status of the answer. Ends within a limited time. */
    readonly send: (request: WebhookRequest) => Effect.Effect<number, WebhookSendError>
  }
>() {}
