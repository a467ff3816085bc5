import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { PlaybackAccess } from "@runner-connector/core"
import { Effect } from "effect"
import { names, playing, signed } from "./support/playback.ts"
import { aConnection, head } from "./support/raw.ts"

const get = (url: string, init: RequestInit = {}) =>
  Effect.promise(async (signal) => {
    const response = await fetch(url, { signal, ...init })
    const { headers, status } = response
    return { status, header: (name: string) => headers.get(name), text: await response.text() }
  })

type Answer = Effect.Effect.Success<ReturnType<typeof get>>

const assertProblem = ({ header, status, text }: Answer, expected: number): void => {
  assert.strictEqual(status, expected, text)
  deepStrictEqual(
    [header("content-type"), header("cache-control"), header("access-control-allow-origin")],
    ["application/problem+json", "no-store", "*"]
  )
  assert.notMatch(text, /videos\/cat|uploads|token=|\.ts:\d|Error/)
}

/** Requests the path as it is written. Clients that parse URLs would change it. */
const raw = (port: number, path: string) =>
  Effect.gen(function* () {
    const { ended, write } = yield* aConnection(port)
    yield* write(head(`GET ${path} HTTP/1.1`, "Host: media.example", "Connection: close"))
    return yield* ended
  }).pipe(Effect.scoped)

describe("files for players over HTTP", () => {
  it.scopedLive("are served with types, ranges and versions to everybody, while access is open", () =>
    Effect.gen(function* () {
      const { port, video } = yield* playing(PlaybackAccess.layerOpen)
      const url = (name: string) => `http://127.0.0.1:${port}/playback/${video.id}/${name}`
      const media = yield* get(url(names.media))
      deepStrictEqual(
        [media.status, media.text, media.header("content-type"), media.header("content-length")],
        [200, "0123456789", "video/mp4", "10"]
      )
      deepStrictEqual(
        [media.header("cache-control"), media.header("accept-ranges"), media.header("x-content-type-options")],
        ["public, max-age=31536000, immutable", "bytes", "nosniff"]
      )
      for (const name of [names.media, names.playlist, names.live, "master.m3u8"]) {
        const whole = yield* get(url(name))
        const known = { "if-none-match": String(whole.header("etag")) }
        const again = yield* get(url(name), { headers: known })
        deepStrictEqual([again.status, again.text, again.header("etag")], [304, "", known["if-none-match"]])
        assert.strictEqual(again.header("cache-control"), whole.header("cache-control"))
        assert.strictEqual(again.header("access-control-allow-origin"), "*")
        const only = yield* get(url(name), { method: "HEAD" })
        deepStrictEqual([only.status, only.text], [200, ""])
        assert.strictEqual(only.header("content-length"), String(whole.text.length))
      }
    })
  )

  it.scopedLive("answer every form of a range", () =>
    Effect.gen(function* () {
      const { port, video } = yield* playing(PlaybackAccess.layerOpen)
      const url = `http://127.0.0.1:${port}/playback/${video.id}/${names.media}`
      const etag = String((yield* get(url)).header("etag"))
      for (const [range, part, of] of [
        ["bytes=0-0", "0", "bytes 0-0/10"],
        ["bytes=3-5", "345", "bytes 3-5/10"],
        ["bytes=7-", "789", "bytes 7-9/10"],
        ["bytes=-2", "89", "bytes 8-9/10"],
        ["bytes=-99", "0123456789", "bytes 0-9/10"],
        ["bytes=5-99999999999999999999", "56789", "bytes 5-9/10"]
      ] as const) {
        const answer = yield* get(url, { headers: { range } })
        deepStrictEqual([answer.status, answer.text, answer.header("content-range")], [206, part, of], range)
      }
      for (const range of ["bytes=10-", "bytes=-0", "bytes=99999999999999999999-"]) {
        const answer = yield* get(url, { headers: { range } })
        assertProblem(answer, 416)
        assert.strictEqual(answer.header("content-range"), "bytes */10")
      }
      for (const range of ["bytes=5-3", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=", "0-1"]) {
        deepStrictEqual((yield* get(url, { headers: { range } })).status, 200, range)
      }
      const part = (version: string) => get(url, { headers: { range: "bytes=0-1", "if-range": version } })
      deepStrictEqual([(yield* part(etag)).text, (yield* part('"old"')).text], ["01", "0123456789"])
    })
  )

  it.scopedLive("are read by signed URLs until these expire, and a live as well", () =>
    Effect.gen(function* () {
      const { inTime, pass, port, urls, video } = yield* playing(signed)
      const own = (url: string) => url.replace("https://media.example", `http://127.0.0.1:${port}`)
      const { master } = yield* inTime(urls(video))
      const playlist = yield* get(own(master))
      deepStrictEqual([playlist.status, playlist.header("cache-control")], [200, "private, no-cache"])
      const segment = new URL(String(playlist.text.trim().split("\n").at(-1)), own(master)).href
      const served = yield* get(segment)
      deepStrictEqual([served.status, served.text, served.header("content-type")], [200, "a segment", "video/mp2t"])
      assert.match(String(served.header("cache-control")), /^private, max-age=3600, immutable$/)
      yield* pass("59 minutes")
      const late = yield* get(segment)
      assert.match(String(late.header("cache-control")), /^private, max-age=\d{2,3}, immutable$/)
      yield* pass("17 minutes")
      for (const url of [own(master), segment]) assertProblem(yield* get(url), 403)
      const renewed = yield* inTime(urls(video))
      assert.strictEqual((yield* get(own(renewed.master))).status, 200)
    })
  )

  it.scopedLive("are refused without a token, and with one that is forged or of another video", () =>
    Effect.gen(function* () {
      const { inTime, port, query, queryOfOther, video } = yield* playing(signed)
      const good = yield* inTime(query)
      const [expiry = "", , mac = ""] = good.slice("?token=".length).split("~")
      const later = `?token=${(Number.parseInt(expiry, 36) + 1).toString(36)}~~${mac}`
      const forged = [yield* inTime(queryOfOther), later, `?token=~~${mac}`, `${good}A`, "?token=%00", "?token=x"]
      for (const name of [names.media, names.playlist, names.segment, "master.m3u8", "nothing.mp4"]) {
        const url = `http://127.0.0.1:${port}/playback/${video.id}/${name}`
        for (const query of ["", "?", "?token", "?token=", `#${good}`, good.replace("token", "Token")]) {
          const answer = yield* get(url + query)
          assertProblem(answer, 401)
          assert.strictEqual(answer.header("www-authenticate"), "Bearer")
        }
        for (const query of forged) assertProblem(yield* get(url + query), 403)
        assert.strictEqual((yield* get(url + good)).status, name === "nothing.mp4" ? 404 : 200)
      }
      const head = yield* get(`http://127.0.0.1:${port}/playback/${video.id}/${names.media}`, { method: "HEAD" })
      deepStrictEqual([head.status, head.text], [401, ""])
    })
  )

  it.scopedLive("are no other files, however the path is written", () =>
    Effect.gen(function* () {
      const { inTime, port, query, video } = yield* playing(signed)
      const good = yield* inTime(query)
      const base = `/playback/${video.id}`
      const dots = ["..", "%2e%2e", "%2E.", "%252e%252e", "..%2f..", "%2e%2e%2f%2e%2e", "..%5c..", ".%00."]
      const paths = [
        ...dots.flatMap((up) => ["", "x/", "live-x/"].map((from) => `${base}/${from}${up}/uploads/cat.mov`)),
        ...dots.map((up) => `${base}/${up}/dog/dog.mp4`),
        ...[
          "cat.mov",
          "/cat.mov",
          "%2fcat.mov",
          "./cat.mov",
          "cat%2emov",
          "CAT.MOV",
          "",
          "/",
          "%",
          "%ff",
          "%ed%a0%80"
        ].map((name) => `${base}/${name}`),
        ...[`${base}/${names.media}%00`, `${base}/${names.media}/`, `${base}/${"x/".repeat(2000)}`, base, `${base}x/y`],
        ...["/playback", "/playback/", "/playback/x/y", `/playback/${video.id.slice(1)}/${names.media}`],
        ...["/playback/00000000-0000-4000-8000-000000000000/master.m3u8", `/playback/%00/${names.media}`]
      ]
      for (const path of paths) {
        const answer = yield* raw(port, path + good)
        assert.match(answer, /^HTTP\/1\.1 404 /, path)
        assert.notMatch(answer, /source|another/)
      }
    })
  )

  it.scopedLive("are found by encoded names, and the id in any case", () =>
    Effect.gen(function* () {
      const { port, video } = yield* playing(PlaybackAccess.layerOpen)
      const encoded = names.segment.replace("/", "%2f").replace(".", "%2E")
      for (const path of [`${video.id.toUpperCase()}/${names.segment}`, `${video.id}/${encoded}`]) {
        assert.match(yield* raw(port, `/playback/${path}`), /^HTTP\/1\.1 200 [\s\S]*a segment$/)
      }
    })
  )
})

describe("players on pages of other origins", () => {
  const from = (origin: string, method = "GET") => ({ method, headers: { origin } })

  it.scopedLive("may play without cookies", () =>
    Effect.gen(function* () {
      const { port, video } = yield* playing(signed)
      const url = `http://127.0.0.1:${port}/playback/${video.id}/${names.media}`
      const asked = yield* get(url, from("https://other.example", "OPTIONS"))
      deepStrictEqual(
        [asked.status, asked.header("access-control-allow-origin"), asked.header("access-control-allow-methods")],
        [204, "*", "GET, HEAD"]
      )
      assert.include(String(asked.header("access-control-allow-headers")), "range")
      assert.isNull(asked.header("access-control-allow-credentials"))
      assert.include(String((yield* get(url)).header("access-control-expose-headers")), "content-range")
      for (const method of ["POST", "PUT", "DELETE"]) {
        const refused = yield* get(url, { method })
        assertProblem(refused, 405)
        assert.strictEqual(refused.header("allow"), "GET, HEAD")
      }
    })
  )

  it.scopedLive("may send cookies from the named origins only", () =>
    Effect.gen(function* () {
      const isMember = (request: Request) => request.headers.get("cookie") === "member=42"
      const options = { path: "/media/files", origins: ["https://www.example"] }
      const { port, urls, video } = yield* playing(PlaybackAccess.layerCheck(isMember), options)
      const { master } = yield* urls(video)
      assert.strictEqual(master, `https://media.example/media/files/${video.id}/master.m3u8`)
      const url = `http://127.0.0.1:${port}/media/files/${video.id}/${names.media}`
      const named = yield* get(url, { headers: { origin: "https://www.example", cookie: "member=42" } })
      deepStrictEqual(
        [named.status, named.header("access-control-allow-origin"), named.header("access-control-allow-credentials")],
        [200, "https://www.example", "true"]
      )
      deepStrictEqual(
        [named.header("vary"), named.header("cache-control")],
        ["origin", "private, max-age=3600, immutable"]
      )
      const other = yield* get(url, { headers: { origin: "https://www.example.evil", cookie: "member=42" } })
      deepStrictEqual([other.header("access-control-allow-origin"), other.header("vary")], [null, "origin"])
      assert.strictEqual((yield* get(url, from("https://www.example"))).status, 403)
    })
  )

  it.scopedLive("see no internals when the check of the host fails", () =>
    Effect.gen(function* () {
      const { port, video } = yield* playing(
        PlaybackAccess.layerCheck(() => Promise.reject(new Error("password=geheim")))
      )
      const answer = yield* get(`http://127.0.0.1:${port}/playback/${video.id}/${names.media}`)
      assertProblem(answer, 503)
      assert.notInclude(answer.text, "geheim")
    })
  )
})
