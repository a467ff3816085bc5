import { expect, it } from "vitest"
import { aConnector, aServer, media } from "./support/workspace.ts"

const TOKEN = "the-administrator's-secret"

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
