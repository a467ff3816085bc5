import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, eventually } from "@runner-connector/contracts"
import { Webhooks as Administration, JobStore, MemoryStores, WebhookSender } from "@runner-connector/core"
import { Effect, Layer, Option, Redacted, Schema } from "effect"
import { Webhook } from "standardwebhooks"
import { PrivateAddresses, Webhooks } from "../src/index.ts"

interface Received {
  readonly headers: Record<string, string>
  readonly body: string
}

const read = async (request: IncomingMessage): Promise<Received> => {
  let body = ""
  for await (const chunk of request) body += String(chunk)
  return { headers: request.headers as Record<string, string>, body }
}

type Answer = (response: ServerResponse, received: Received) => void

const ok: Answer = (response) => void response.writeHead(204).end()

/** An endpoint on this machine that notes what it receives. */
const anEndpoint = (answer: Answer = ok) =>
  Effect.gen(function* () {
    const received: Array<Received> = []
    const server = yield* Effect.acquireRelease(
      Effect.async<Server>((resume) => {
        const listening = createServer((request, response) => {
          void read(request).then((one) => {
            received.push(one)
            answer(response, one)
          })
        })
        listening.listen(0, "127.0.0.1", () => resume(Effect.succeed(listening)))
      }),
      (listening) =>
        Effect.async<void>((resume) => {
          listening.close(() => resume(Effect.void))
          listening.closeAllConnections()
        })
    )
    const { port } = server.address() as AddressInfo
    return { received, port, url: `http://127.0.0.1:${port}/events` }
  })

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

const send = (url: string, options?: Webhooks.WebhookOptions) =>
  Effect.provide(
    Effect.flatMap(WebhookSender.WebhookSender, (sender) =>
      sender.send({ url, secret, id: "0f1d6f0e-0000-4000-8000-000000000001", body: '{"type":"video.playable"}' })
    ),
    Webhooks.layerSender(options)
  )

const allowed = { allowPrivateAddresses: true }

describe("a request", () => {
  it.scopedLive("is signed, so that receivers can verify it", () =>
    Effect.gen(function* () {
      const { received, url } = yield* anEndpoint()
      assert.strictEqual(yield* send(url, allowed), 204)
      const [request] = received
      assert.isDefined(request)
      deepStrictEqual(new Webhook(secret).verify(request.body, request.headers), { type: "video.playable" })
      assert.strictEqual(request.headers["webhook-id"], "0f1d6f0e-0000-4000-8000-000000000001")
      assert.throws(() => new Webhook(secret).verify(`${request.body} `, request.headers))
    })
  )

  it.scopedLive("does not follow a redirect, nor wait for an endless answer", () =>
    Effect.gen(function* () {
      const other = yield* anEndpoint()
      const redirecting = yield* anEndpoint((response) => void response.writeHead(307, { location: other.url }).end())
      assert.strictEqual(yield* send(redirecting.url, allowed), 307)
      const endless = yield* anEndpoint((response) => void response.writeHead(200).write("x".repeat(100_000)))
      assert.strictEqual(yield* send(endless.url, allowed), 200)
      assert.lengthOf(other.received, 0)
    })
  )

  it.scopedLive("reaches no private address in any spelling", () =>
    Effect.gen(function* () {
      const { port, received } = yield* anEndpoint()
      const hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "0.0.0.0"]
      for (const host of [...hosts, "10.0.0.1", "169.254.169.254", "192.168.1.1", "[fe80::1]", "[fd00::1]"]) {
        const error = yield* Effect.flip(send(`http://${host}:${port}/`))
        assert.include(error.message, "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES", host)
      }
      assert.lengthOf(received, 0)
    })
  )

  it("knows the addresses of the internet", () => {
    for (const address of ["8.8.8.8", "2606:4700::1111"]) assert.isFalse(PrivateAddresses.isPrivate(address))
  })

  it.scopedLive("fails with a reason when nobody listens", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(send("http://127.0.0.1:1/", allowed))
      assert.include(error.message, "ECONNREFUSED")
    })
  )
})

const running = Webhooks.layer(allowed).pipe(
  Layer.provideMerge(Administration.layer),
  Layer.provideMerge(MemoryStores.layer)
)

const Body = Schema.parseJson(
  Schema.Struct({ type: Schema.String, timestamp: Schema.DateTimeUtc, data: Schema.Struct({ jobId: Schema.UUID }) })
)

const added = Effect.flatMap(JobStore.JobStore, (store) => {
  const job = aJob()
  return Effect.as(store.insert([job]), job)
})

describe("deliveries", () => {
  it.scopedLive("bring each wanted event to its endpoint, signed with its own secret", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(running)
      yield* Effect.gen(function* () {
        const webhooks = yield* Administration.Webhooks
        const { received, url } = yield* anEndpoint()
        const unwanted = yield* anEndpoint()
        const { secret: own } = yield* webhooks.create({ url })
        yield* webhooks.create({ url: unwanted.url, types: ["video.playable"] })
        const job = yield* added
        yield* eventually(
          Effect.sync(() => received.length),
          (count) => count === 1
        )
        const [request] = received
        assert.isDefined(request)
        new Webhook(Redacted.value(own)).verify(request.body, request.headers)
        const { data, type } = Schema.decodeSync(Body)(request.body)
        deepStrictEqual([type, data.jobId], ["job.pending", job.id])
        const [delivery] = (yield* webhooks.deliveries({ start: 0, count: 10 })).data
        assert.strictEqual(request.headers["webhook-id"], delivery?.eventId)
        yield* eventually(webhooks.deliveries({ start: 0, count: 10, state: "delivered" }), ({ total }) => total === 1)
        assert.lengthOf(unwanted.received, 0)
      }).pipe(Effect.provide(context))
    })
  )

  it.scopedLive("do not wait for another endpoint, and are kept after a failure", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(running)
      yield* Effect.gen(function* () {
        const webhooks = yield* Administration.Webhooks
        const silent = yield* anEndpoint(() => undefined)
        const broken = yield* anEndpoint((response) => void response.writeHead(500).end())
        const quick = yield* anEndpoint()
        yield* webhooks.create({ url: silent.url })
        const { endpoint } = yield* webhooks.create({ url: broken.url })
        yield* webhooks.create({ url: quick.url })
        yield* Effect.replicateEffect(added, 5)
        yield* eventually(
          Effect.sync(() => quick.received.length),
          (count) => count === 5
        )
        assert.isAtMost(silent.received.length, 1, "a slow endpoint has one request at a time")
        const ofBroken = { start: 0, count: 10, endpointId: endpoint.id, state: "pending" } as const
        const { data } = yield* eventually(webhooks.deliveries(ofBroken), (page) =>
          page.data.every(({ attempts }) => attempts === 1)
        )
        deepStrictEqual(
          data.map(({ status }) => status),
          Array.from({ length: 5 }, () => Option.some(500))
        )
      }).pipe(Effect.provide(context))
    })
  )

  it.scopedLive("end when the endpoint answers 410, until an administrator enables it again", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(running)
      yield* Effect.gen(function* () {
        const webhooks = yield* Administration.Webhooks
        let status = 410
        const { received, url } = yield* anEndpoint((response) => void response.writeHead(status).end())
        const { endpoint } = yield* webhooks.create({ url })
        yield* Effect.replicateEffect(added, 3)
        const dead = webhooks.deliveries({ start: 0, count: 10, state: "dead" })
        yield* eventually(webhooks.list, ([only]) => only?.enabled === false)
        const [disabled] = yield* webhooks.list
        deepStrictEqual(disabled?.disabledReason, Option.some("The endpoint answered 410 (Gone)"))
        assert.lengthOf(received, 1)

        status = 204
        const enabled = yield* webhooks.update(endpoint.id, { enabled: true })
        deepStrictEqual([enabled.enabled, enabled.disabledReason], [true, Option.none()])
        yield* webhooks.replay({ endpointId: endpoint.id })
        yield* added
        yield* eventually(
          Effect.sync(() => received.length),
          (count) => count >= 3
        )
        assert.strictEqual((yield* dead).total, 0)
      }).pipe(Effect.provide(context))
    })
  )
})
