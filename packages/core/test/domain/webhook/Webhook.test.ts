import { assert, describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { DateTime, Option } from "effect"
import { WebhookId } from "../../../src/domain/Ids.ts"
import { urlFault, type WebhookEndpoint, wants } from "../../../src/domain/webhook/Webhook.ts"

const anEndpoint = (over: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  id: WebhookId.make("00000000-0000-4000-8000-000000000001"),
  url: "https://hooks.example/",
  description: "",
  secret: "whsec_c2VjcmV0",
  types: [],
  enabled: true,
  disabledReason: Option.none(),
  createdAt: DateTime.unsafeMake(0),
  updatedAt: DateTime.unsafeMake(0),
  ...over
})

describe("an endpoint", () => {
  it("wants all events without a selection, and only the selected ones with one", () => {
    const event = { type: "job.pending" } as const
    assert.isTrue(wants(anEndpoint(), event))
    assert.isTrue(wants(anEndpoint({ types: ["video.created", "job.pending"] }), event))
    assert.isFalse(wants(anEndpoint({ types: ["video.created"] }), event))
    assert.isFalse(wants(anEndpoint({ enabled: false }), event))
    assert.isFalse(wants(anEndpoint({ enabled: false, types: ["job.pending"] }), event))
  })
})

describe("the URL of an endpoint", () => {
  const long = (length: number) => `https://hooks.example/${"x".repeat(length - "https://hooks.example/".length)}`
  it.each([
    ["https://hooks.example/events?x=1", undefined],
    ["http://hooks.example:8080", undefined],
    [long(2000), undefined],
    [long(2001), "is longer than 2000 characters"],
    ["hooks.example", "is not a URL"],
    ["ftp://hooks.example/", "must begin with https:// or http://"],
    ["javascript:alert(1)", "must begin with https:// or http://"],
    ["https://name@hooks.example/", "must not contain a user name or password"],
    ["https://:word@hooks.example/", "must not contain a user name or password"],
    ["https://name:word@hooks.example/", "must not contain a user name or password"]
  ])("%s", (url, fault) => strictEqual(urlFault(url), fault))
})
