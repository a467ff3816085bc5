import { createHmac } from "node:crypto"
import { text } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { aConnector, aServer, deferred, media } from "./support/workspace.ts"

interface Delivered {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** An endpoint that shows the first delivery. */
const anEndpoint = async (status = 204) => {
  const first = deferred<Delivered>()
  const { origin } = await aServer(async (request, response) => {
    first.resolve({ headers: request.headers, body: await text(request) })
    response.writeHead(status).end()
  })
  return { url: `${origin}/hook`, first: first.promise }
}

const signatureOf = (secret: string, { body, headers }: Delivered): string => {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64")
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`
  return `v1,${createHmac("sha256", key).update(content).digest("base64")}`
}

describe("webhooks", () => {
  it("deliver events, signed with the secret that only create returns", async () => {
    const connector = await aConnector({ webhooks: { allowPrivateAddresses: true } })
    const { first, url } = await anEndpoint()
    const { secret, webhook } = await connector.webhooks.create({ url, types: ["video.created"] })
    expect(await connector.webhooks.list()).toEqual([webhook])
    expect(webhook).not.toHaveProperty("secret")

    const { id } = await connector.transcodeVideo({ file: media("faststart.mp4") })
    const delivered = await first
    expect(JSON.parse(delivered.body)).toMatchObject({ type: "video.created", data: { videoId: id } })
    expect(String(delivered.headers["webhook-signature"]).split(" ")).toContain(signatureOf(secret, delivered))
    const listed = () => connector.webhooks.deliveries({ endpointId: webhook.id as never })
    await expect.poll(async () => (await listed()).data.map(({ state }) => state)).toEqual(["delivered"])
  })

  it("can be changed, get another secret, and be removed", async () => {
    const connector = await aConnector()
    const { secret, webhook } = await connector.webhooks.create({ url: "https://hooks.example/1" })
    const changed = await connector.webhooks.update(webhook.id, { url: "https://hooks.example/2", enabled: false })
    expect(changed).toMatchObject({ id: webhook.id, url: "https://hooks.example/2", enabled: false })
    const rotated = await connector.webhooks.rotateSecret(webhook.id)
    expect(rotated.secret).toMatch(/^whsec_/)
    expect(rotated.secret).not.toBe(secret)
    expect(await connector.webhooks.replay({ webhook: webhook.id })).toBe(0)

    await connector.webhooks.remove(webhook.id)
    expect(await connector.webhooks.list()).toEqual([])
    for (const call of [
      () => connector.webhooks.update(webhook.id, { enabled: true }),
      () => connector.webhooks.rotateSecret(webhook.id),
      () => connector.webhooks.remove("no id"),
      () => connector.webhooks.replay({ webhook: "no id" })
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "UnknownWebhook", status: 404 })
    }
    await expect(connector.webhooks.create({ url: "ftp://hooks.example" })).rejects.toMatchObject({
      code: "InvalidRequest"
    })
  })
})
