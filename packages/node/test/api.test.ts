import { expect, it } from "vitest"
import type { Connector } from "../src/index.ts"
import { aConnector, aDataFolder, aServer, media } from "./support/workspace.ts"

const TOKEN = "the-administrator's-secret"

const administrator = { authorization: `Bearer ${TOKEN}` }

/** Reads the stream until `last` has arrived, and disconnects. */
const readEvents = async (connector: Connector, headers: Record<string, string>, last: string) => {
  const request = new Request("http://media.example/events", { headers: { ...administrator, ...headers } })
  const { body } = await connector.fetch(request)
  const decoder = new TextDecoder()
  let text = ""
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.endsWith("\n\n") && text.includes(last)) break
  }
  return text
}

const register = async (connector: Connector, name: string) => {
  const { token } = await connector.registrationTokens.create()
  const body = JSON.stringify({ name, registrationToken: token })
  const url = "http://media.example/api/v1/runners/register"
  const headers = { "content-type": "application/json" }
  expect((await connector.fetch(new Request(url, { method: "POST", headers, body }))).status).toBe(200)
}

it("resumes events by Last-Event-ID after a restart of the application", async () => {
  const options = { adminToken: TOKEN, api: {}, dataDir: await aDataFolder() }
  const before = await aConnector(options)
  await register(before, "seen")
  const seen = await readEvents(before, { "last-event-id": "0.0" }, '"name":"seen"')
  const [position = ""] = seen.match(/(?<=^id: ).+$/gm)?.slice(-1) ?? []
  await register(before, "missed")
  await before.close()

  const resumed = await readEvents(await aConnector(options), { "last-event-id": position }, '"name":"missed"')
  expect(resumed).toContain(`"cursor":"${position}","resumed":true`)
  expect(resumed).not.toContain('"name":"seen"')
})

it("serves the API of the console below a path, beside the routes of the application", async () => {
  const connector = await aConnector({ adminToken: TOKEN, api: { path: "/media-admin" }, playback: { access: "open" } })
  const { origin } = await aServer((request, response) =>
    connector.handler(request, response, () => response.end("the application"))
  )
  const url = `${origin}/media-admin`
  expect((await fetch(`${url}/videos`)).status).toBe(401)
  const json = { "content-type": "application/json" }
  const signedIn = await fetch(`${url}/session`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ token: TOKEN })
  })
  expect(signedIn.status).toBe(200)
  const headers = { cookie: String(signedIn.headers.get("set-cookie")).split(";")[0] ?? "" }
  const video = await connector.transcodeVideo({ file: media("faststart.mp4") })
  const list = await (await fetch(`${url}/videos`, { headers })).json()
  expect([list.total, list.data[0].uuid]).toEqual([1, video.id])
  expect(list.data[0].thumbnailUrl).toContain("/playback/")
  const here = await connector.fetch(new Request(`http://media.example/media-admin/videos/${video.id}`, { headers }))
  expect((await here.json()).uuid).toBe(video.id)
  expect(await (await fetch(`${origin}/videos`)).text()).toBe("the application")
  expect(await (await fetch(`${url}/other`)).text()).toBe("the application")

  const events = await fetch(`${url}/events`, { headers })
  const reader = events.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("event: ready")
  const closed = connector.close()
  let last = await reader?.read()
  while (last?.done === false) last = await reader?.read()
  await closed
})
