import { make } from "@runner-connector/console"
import { assert, describe, it } from "vitest"

const site = make({ path: "/console", home: "/", api: "/api" })

const get = (path: string, init: RequestInit = {}) => site.handle(new Request(`http://a.example${path}`, init))

const assets = async () =>
  [...(await get("/console/").text()).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name]) => name)

describe("the console", () => {
  it("owns its own paths and those of viewers, and no others", () => {
    for (const path of ["/console", "/console/", "/console/jobs/1", "/", "/v/1", "/v/1/embed"]) {
      assert.isTrue(site.owns(path), path)
    }
    for (const path of ["/videos", "/consoles", "/v/1/other", "/api/videos"]) assert.isFalse(site.owns(path), path)
  })

  it("writes its places into every page and forbids inline scripts and foreign frames", async () => {
    const answer = get("/console/jobs/7?state=1")
    const page = await answer.text()
    assert.include(page, '<base href="/console/" />')
    assert.include(page, "&quot;api&quot;:&quot;/api&quot;")
    assert.notMatch(page, /<script(?![^>]* src=)|<style|\s(?:style|on[a-z]+)=/)
    const policy = String(answer.headers.get("content-security-policy"))
    assert.match(policy, /^default-src 'self'; /)
    assert.notMatch(policy, /unsafe|https?:|\*/)
    assert.include(policy, "frame-ancestors 'none'")
    assert.strictEqual(answer.headers.get("cache-control"), "no-store")
  })

  it("gives each page a nonce of its own", async () => {
    const [one, other] = [get("/").headers, get("/").headers].map((headers) => headers.get("content-security-policy"))
    assert.notStrictEqual(one, other)
  })

  it("allows frames only for pages that are made for them", () => {
    assert.notInclude(String(get("/v/1/embed").headers.get("content-security-policy")), "frame-ancestors")
    assert.include(String(get("/v/1").headers.get("content-security-policy")), "frame-ancestors 'none'")
  })

  it("allows media of the given origins, and nothing else of them", async () => {
    const answer = make({ mediaOrigins: ["https://bucket.example"] }).handle(new Request("http://a.example/v/1"))
    assert.include(await answer.text(), "&quot;mediaOrigins&quot;:[&quot;https://bucket.example&quot;]")
    const rules = String(answer.headers.get("content-security-policy")).split("; ")
    const allowing = rules.filter((rule) => rule.includes("https://bucket.example"))
    assert.deepStrictEqual(
      allowing.map((rule) => rule.split(" ")[0]),
      ["connect-src", "img-src", "media-src"]
    )
  })

  it("lets browsers keep files whose names change, and revalidate the others", async () => {
    const names = await assets()
    assert.isAbove(names.length, 2)
    for (const name of names) {
      const answer = get(`/console/${name}`)
      assert.strictEqual(answer.status, 200, name)
      const isNamed = String(name).startsWith("assets/")
      assert.strictEqual(
        answer.headers.get("cache-control"),
        isNamed ? "public, max-age=31536000, immutable" : "no-cache"
      )
      const headers = { "if-none-match": String(answer.headers.get("etag")) }
      assert.strictEqual(get(`/console/${name}`, { headers }).status, 304)
    }
  })

  it("compresses for clients that accept it", async () => {
    const [name] = (await assets()).filter((one) => one?.endsWith(".js"))
    const plain = new Uint8Array(await get(`/console/${name}`).arrayBuffer())
    const answer = get(`/console/${name}`, { headers: { "accept-encoding": "gzip, br" } })
    assert.strictEqual(answer.headers.get("content-encoding"), "gzip")
    const body = answer.body?.pipeThrough(new DecompressionStream("gzip"))
    assert.deepStrictEqual(new Uint8Array(await new Response(body).arrayBuffer()), plain)
  })

  it("answers 404 for missing files and 405 for other methods", () => {
    assert.strictEqual(get("/console/assets/old-1234.js").status, 404)
    assert.strictEqual(get("/elsewhere").status, 404)
    assert.strictEqual(get("/console/", { method: "POST" }).status, 405)
    assert.strictEqual(get("/console/", { method: "HEAD" }).body, null)
  })

  it("works at the root and below a longer path", async () => {
    assert.include(await make().handle(new Request("http://a.example/jobs")).text(), '<base href="/" />')
    const deep = make({ path: "admin/videos/" })
    assert.include(await deep.handle(new Request("http://a.example/admin/videos/v/1")).text(), 'href="/admin/videos/"')
    assert.isTrue(deep.owns("/admin/videos/v/1/embed"))
  })
})
