import { Either } from "effect"
import { describe, expect, it } from "vitest"
import { RequestOrigin } from "../src/index.ts"

const own: RequestOrigin.OwnHosts = {
  publicUrl: new URL("https://media.example"),
  isOwnHost: (hostname) => ["media.example", "127.0.0.1", "localhost", "[::1]"].includes(hostname)
}

/** Fetch lets nobody set these headers, and a server's request has them all the same. */
const request = (headers: Record<string, string>, method = "POST"): Request => {
  const made = new Request("http://127.0.0.1:9000/videos/upload", { method })
  Object.defineProperty(made, "headers", { value: new Headers(headers) })
  return made
}

const outcomeOf = (made: Request): string =>
  Either.match(RequestOrigin.check(made, own), { onLeft: ({ _tag }) => _tag, onRight: () => "passes" })

describe("the origin of a request that changes something", () => {
  it.each<[string, Record<string, string>]>([
    ["another program than a browser", {}],
    ["a client that names no host", {}],
    ["the page, over HTTPS or on loopback", { "sec-fetch-site": "same-origin", origin: "https://media.example" }],
    ["the address bar", { "sec-fetch-site": "none" }],
    ["the page, without Sec-Fetch-Site", { host: "localhost:9000", origin: "http://localhost:9000" }],
    ["the page behind a proxy that changes the host", { host: "127.0.0.1:9000", origin: "https://media.example" }],
    ["the page under a name in capitals", { host: "LOCALHOST:9000", origin: "http://localhost:9000" }]
  ])("passes for %s", (_, headers) => {
    expect(outcomeOf(request({ host: "media.example", ...headers }))).toBe("passes")
  })

  it.each<[string, Record<string, string>]>([
    ["a page of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a page on another port of this machine", { "sec-fetch-site": "same-site", origin: "http://localhost:3000" }],
    ["a page of another site, without Sec-Fetch-Site", { origin: "https://evil.example" }],
    ["a page on another port, without Sec-Fetch-Site", { host: "127.0.0.1:9000", origin: "http://127.0.0.1:3000" }],
    ["a page without an origin", { origin: "null" }],
    ["a page of a name that contains ours", { origin: "https://media.example.evil.example" }]
  ])("is refused for %s", (_, headers) => {
    expect(outcomeOf(request({ host: "media.example", ...headers }))).toBe("CrossOriginRequest")
    expect(outcomeOf(request({ host: "media.example", ...headers }, "DELETE"))).toBe("CrossOriginRequest")
  })

  it("is refused for a page without an origin, also when the request names no host", () => {
    expect(outcomeOf(request({ origin: "null" }))).toBe("CrossOriginRequest")
  })
})

describe("the host of a request that changes something", () => {
  it.each([
    "media.example",
    "MEDIA.example:443",
    "media.example.",
    "localhost:9000",
    "127.0.0.1",
    "127.1",
    "[::1]:9000"
  ])("passes for %s", (host) => {
    expect(outcomeOf(request({ host }))).toBe("passes")
  })

  it("passes for a client that names none", () => {
    expect(outcomeOf(request({}))).toBe("passes")
  })

  it.each(["evil.example", "evil.example:9000", "media.example.evil.example", "media.example@evil.example", "", ":"])(
    "is refused for %s, also for the page's own requests",
    (host) => {
      expect(outcomeOf(request({ host, "sec-fetch-site": "same-origin" }))).toBe("UnknownHost")
    }
  )
})

describe("requests that only read", () => {
  it.each(["GET", "HEAD", "OPTIONS"])("%s passes from everywhere", (method) => {
    expect(outcomeOf(request({ host: "evil.example", "sec-fetch-site": "cross-site" }, method))).toBe("passes")
  })
})
