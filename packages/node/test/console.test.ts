import { readFile } from "node:fs/promises"
import { expect, it } from "vitest"
import type { Connector } from "../src/index.ts"
import { aConnector, aServer, deferred, media } from "./support/workspace.ts"

const TOKEN = "the-administrator's-secret"

const tus = { "tus-resumable": "1.0.0" }

/** Serves the connector and its console in front of the routes of the application. */
const aSite = async (connector: Connector, path: string) => {
  const console = await connector.console({ path })
  return aServer((request, response) =>
    connector.handler(request, response, () =>
      console.handler(request, response, () => response.end("the application"))
    )
  )
}

it("serves the console below a path, with a strict policy, beside the routes of the application", async () => {
  const connector = await aConnector({ adminToken: TOKEN, api: { path: "/admin/api" } })
  const { origin } = await aSite(connector, "/admin/videos-console")
  const page = await fetch(`${origin}/admin/videos-console/jobs/some`)
  const [html, policy] = [await page.text(), page.headers.get("content-security-policy") ?? ""]
  expect(html).toContain('<base href="/admin/videos-console/" />')
  expect(html).toContain("&quot;api&quot;:&quot;/admin/api&quot;")
  expect(policy).toContain("default-src 'self'")
  expect([html, policy].join("\n")).not.toMatch(/<script(?![^>]*src=)|unsafe-inline/)
  const [, script = ""] = /<script[^>]*src="\.\/(assets\/[^"]+)"/.exec(html) ?? []
  const loaded = await fetch(`${origin}/admin/videos-console/${script}`)
  expect([loaded.status, loaded.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"])
  expect((await fetch(`${origin}/admin/videos-console/assets/missing.js`)).status).toBe(404)
  expect(await (await fetch(`${origin}/admin/other`)).text()).toBe("the application")
  const web = await (await connector.console({ path: "/here" })).fetch(new Request("http://media.example/here/"))
  expect(await web.text()).toContain('<base href="/here/" />')
})

it("refuses a console that nobody could use", async () => {
  const closed = await aConnector()
  await expect(closed.console({ path: "/console" })).rejects.toMatchObject({ code: "InvalidOptions" })
  const open = await aConnector({ adminToken: TOKEN, api: { path: "/api" } })
  for (const path of ["console", "/con sole", "/api", "/api/videos"]) {
    await expect(open.console({ path })).rejects.toMatchObject({ code: "InvalidOptions" })
  }
})

it("lets administrators of the application in, and those with the token", async () => {
  const seen: Array<unknown> = []
  const connector = await aConnector({
    adminToken: TOKEN,
    api: { path: "/api" },
    isAdministrator: async (request, { node }) => {
      seen.push(node?.headers.cookie)
      return request.headers.get("cookie") === "account=admin"
    }
  })
  const { origin } = await aSite(connector, "/console")
  const statusOf = async (headers: Record<string, string>) => (await fetch(`${origin}/api/videos`, { headers })).status
  expect(await statusOf({ cookie: "account=admin" })).toBe(200)
  expect(await statusOf({ cookie: "account=guest" })).toBe(401)
  expect(await statusOf({ authorization: `Bearer ${TOKEN}` })).toBe(200)
  expect([...new Set(seen)]).toEqual(["account=admin", "account=guest"])
  const session = await fetch(`${origin}/api/session`, { headers: { cookie: "account=admin" } })
  expect(await session.json()).toMatchObject({ administrator: true, signIn: true, expiresAt: null })
  const foreign = { cookie: "account=admin", origin: "http://other.example", "content-type": "application/json" }
  const uuid = "00000000-0000-4000-8000-000000000000"
  expect((await fetch(`${origin}/api/videos/${uuid}`, { method: "DELETE", headers: foreign })).status).toBe(403)
})

it("fails a request, and goes on, when the function of the application rejects", async () => {
  const logged = deferred<string>()
  const connector = await aConnector({
    api: { path: "/api" },
    logger: ({ error, level }) => void (level === "error" && logged.resolve(error ?? "")),
    isAdministrator: () => Promise.reject(new Error("the accounts are away"))
  })
  const answer = await connector.fetch(new Request("http://media.example/api/videos"))
  expect(answer.status).toBe(500)
  expect(await logged.promise).toContain("the accounts are away")
  expect(await answer.text()).not.toContain("away")
})

it("receives an upload in parts, below the path of the API", async () => {
  const connector = await aConnector({ adminToken: TOKEN, api: { path: "/api" }, uploads: {} })
  const { origin } = await aSite(connector, "/console")
  const bytes = await readFile(media("faststart.mp4"))
  const authorization = { authorization: `Bearer ${TOKEN}` }
  const length = { "upload-length": String(bytes.length), "upload-metadata": `filename ${btoa("cat.mp4")}` }
  const create = (headers: Record<string, string>) =>
    fetch(`${origin}/api/videos/uploads`, { method: "POST", headers: { ...tus, ...length, ...headers } })
  expect((await create({})).status).toBe(401)
  const capabilities = await fetch(`${origin}/api/capabilities`, { headers: authorization })
  expect(await capabilities.json()).toMatchObject({ resumableUploads: { available: true } })
  const place = String((await create(authorization)).headers.get("location"))
  const append = async (offset: number, part: Uint8Array<ArrayBuffer>) => {
    const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }
    return fetch(`${origin}${place}`, {
      method: "PATCH",
      headers: { ...tus, ...authorization, ...headers },
      body: part
    })
  }
  expect((await append(0, bytes.subarray(0, 1000))).status).toBe(204)
  const id = (await append(1000, bytes.subarray(1000))).headers.get("video-id")
  expect(place).toBe(`/api/videos/uploads/${id}`)
  expect((await connector.videos.get(String(id)))?.fileName).toBe("cat.mp4")
})
