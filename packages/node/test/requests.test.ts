import { createServer, type IncomingMessage } from "node:http"
import { describe, expect, it } from "vitest"
import { aConnectedRunner } from "./support/runner.ts"
import { aConnector, aServer, media } from "./support/workspace.ts"

const API = "/api/v1/runners"

const json = (document: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(document)
})

const registration = (registrationToken: string) =>
  json({ registrationToken, name: crypto.randomUUID(), version: "0.4.0" })

const readAll = async (request: IncomingMessage) => {
  for await (const _ of request);
}

describe("requests of runners", () => {
  it("arrive by the handler and by fetch, and other paths go on", async () => {
    const connector = await aConnector()
    const { token } = await connector.registrationTokens.create()
    const { origin } = await aServer((request, response) =>
      connector.handler(request, response, () => response.end("the application"))
    )
    const registered = await fetch(`${origin}${API}/register`, registration(token))
    expect(registered.status).toBe(200)
    const { runnerToken } = (await registered.json()) as { runnerToken: string }

    expect(await (await fetch(`${origin}/anything`)).text()).toBe("the application")
    expect(await (await fetch(`${origin}/api/v1/runnersX`)).text()).toBe("the application")
    expect((await fetch(`${origin}${API}/nothing`)).status).toBe(404)

    const asked = await connector.fetch(new Request(`http://media.example${API}/jobs/request`, json({ runnerToken })))
    expect(asked.status).toBe(200)
    expect(await asked.json()).toEqual({ availableJobs: [] })
    expect((await connector.fetch(new Request("http://media.example/anything"))).status).toBe(404)
    expect((await connector.runners.list()).total).toBe(1)
  })

  it("get 404 without an application behind the handler", async () => {
    const connector = await aConnector()
    const { origin } = await aServer(connector.handler)
    const answer = await fetch(`${origin}/anything`)
    expect(answer.status).toBe(404)
    expect(answer.headers.get("content-type")).toBe("application/problem+json")
  })

  it("get an error that names the remedy when a body parser was first", async () => {
    const logged: Array<string> = []
    const connector = await aConnector({ logger: ({ error = "", message }) => logged.push(message + error) })
    const { token } = await connector.registrationTokens.create()
    const { origin } = await aServer(async (request, response) => {
      await readAll(request)
      connector.handler(request, response)
    })
    const answer = await fetch(`${origin}${API}/register`, registration(token))
    expect(answer.status).toBe(500)
    expect(await answer.text()).toContain("before body parsers")
    await expect.poll(() => logged.join()).toContain("before body parsers")
  })

  it("get a problem when a route of the application rejects", async () => {
    const logged: Array<string> = []
    const connector = await aConnector({ logger: ({ error = "", message }) => logged.push(message + error) })
    const { origin } = await aServer((request, response) =>
      connector.handler(request, response, async () => {
        if (request.url === "/defect") throw new TypeError("secret is undefined")
        if (request.url === "/late") response.write("the beginning")
        await connector.transcodeVideo({ stream: request })
      })
    )
    const refused = await fetch(`${origin}/`, { method: "POST", body: "no video" })
    expect(refused.status).toBe(422)
    expect(refused.headers.get("content-type")).toBe("application/problem+json")
    expect(await refused.json()).toMatchObject({ code: "UnusableMedia", status: 422 })
    await expect(fetch(`${origin}/late`, { method: "POST", body: "no video" }).then((a) => a.text())).rejects.toThrow()
    expect(logged.join()).not.toContain("route")

    const failed = await fetch(`${origin}/defect`)
    expect(failed.status).toBe(500)
    expect(await failed.text()).not.toContain("secret")
    await expect.poll(() => logged.join()).toContain("secret is undefined")
  })

  it("get 503 after the end", async () => {
    const connector = await aConnector()
    const { origin } = await aServer((request, response) =>
      connector.handler(request, response, () => response.end("the application"))
    )
    await connector.close()
    expect((await fetch(`${origin}${API}/openapi.json`)).status).toBe(503)
    expect(await (await fetch(`${origin}/anything`)).text()).toBe("the application")
    expect((await connector.fetch(new Request(`http://media.example${API}/openapi.json`))).status).toBe(503)
  })
})

describe("the socket", () => {
  it("tells runners of new jobs, on any number of servers", async () => {
    const connector = await aConnector()
    const { origin, server } = await aServer(connector.handler)
    connector.attach(server)
    connector.attach(createServer(() => undefined))
    const { pinged } = await aConnectedRunner(connector, origin)
    await connector.transcodeVideo({ file: media("faststart.mp4") })
    await pinged
  })

  it("ends with the server of the application, and so do streams of events", async () => {
    const connector = await aConnector({ adminToken: "secret", api: { path: "/admin" } })
    const { origin, server } = await aServer(connector.handler)
    connector.attach(server)
    await aConnectedRunner(connector, origin)
    const headers = { authorization: "Bearer secret" }
    const events = await fetch(`${origin}/admin/events`, { headers })
    expect(events.status).toBe(200)
    const read = events.text()
    expect(await new Promise((resolve) => server.close(resolve))).toBeUndefined()
    expect(await read).toContain("event: ready")
    // The connector goes on, for another server.
    await connector.videos.list()
    const again = await connector.fetch(new Request("http://media.example/admin/events", { headers }))
    const reader = again.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("event: ready")
    await reader?.cancel()
  })
})
