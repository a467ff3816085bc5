import {
  type EventConsumers,
  type EventStore,
  layerWebhookDelivery,
  WebhookSender,
  type WebhookStore
} from "@runner-connector/core"
import { Clock, Config, type ConfigError, Effect, Layer } from "effect"
import { Webhook } from "standardwebhooks"
import { post } from "./post.ts"

/** How requests are sent. */
export interface WebhookOptions {
  /** Connect to private, loopback and link-local addresses as well. Off by default. */
  readonly allowPrivateAddresses?: boolean
}

/** The time for a connection and the head of its answer. */
const TIMEOUT = "15 seconds"

/** Signs by Standard Webhooks: the id, the moment of the attempt and the body. */
const signed = ({ body, id, secret, url }: WebhookSender.WebhookRequest, millis: number) =>
  Effect.try({
    try: () => ({
      url: new URL(url),
      body,
      headers: {
        "content-type": "application/json",
        "user-agent": "runner-connector",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(millis / 1000)),
        "webhook-signature": new Webhook(secret).sign(id, new Date(millis), body)
      }
    }),
    catch: () => new WebhookSender.WebhookSendError({ message: "The URL or the secret of the endpoint is invalid" })
  })

/** Sends requests from this process. */
export const layerSender = ({
  allowPrivateAddresses = false
}: WebhookOptions = {}): Layer.Layer<WebhookSender.WebhookSender> =>
  Layer.succeed(WebhookSender.WebhookSender, {
    send: (request) =>
      Clock.currentTimeMillis.pipe(
        Effect.flatMap((millis) => signed(request, millis)),
        Effect.flatMap((prepared) => post({ ...prepared, allowPrivateAddresses })),
        Effect.timeoutFail({
          duration: TIMEOUT,
          onTimeout: () => new WebhookSender.WebhookSendError({ message: "The endpoint gave no answer in 15 seconds" })
        })
      )
  })

type Needs = EventStore.EventStore | EventConsumers.EventConsumers | WebhookStore.WebhookStore

/**
 * Delivers events to the webhook endpoints until the layer ends: each at least once, signed by Standard Webhooks, with
 * growing pauses for a day after failures. Every process of an installation may run it.
 */
export const layer = (options: WebhookOptions = {}): Layer.Layer<never, never, Needs> =>
  Layer.provide(layerWebhookDelivery, layerSender(options))

/** The same, with each option from the configuration of the host. */
export const layerConfig = (
  options: Config.Config.Wrap<WebhookOptions>
): Layer.Layer<never, ConfigError.ConfigError, Needs> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
