import { describe, expect, it } from "vitest"
import type { Video } from "../src/index.ts"
import { aConnector, aServer, deferred, media } from "./support/workspace.ts"

const SECRET = "a secret of at least 32 characters"

/** A video with a thumbnail, which the connector makes by itself. */
const aVideo = async (connector: Awaited<ReturnType<typeof aConnector>>): Promise<Video> => {
  const { id } = await connector.transcodeVideo({ file: media("faststart.mp4") })
  const video = await connector.videos.get(id)
  if (video === undefined) throw new Error("There is no video")
  return video
}

const here = (url: string, origin: string): string => url.replace("http://media.example", origin)

describe("serving to players", () => {
  it("plays what the runner in this process has made, by signed URLs, which claims can bind", async () => {
    const ended = deferred<Video>()
    const connector = await aConnector({
      ...{ localRunner: { concurrency: 1 }, transcoding: { resolutions: [144] } },
      on: { transcodingEnded: (video) => ended.resolve(video) },
      playback: {
        access: {
          secrets: [SECRET],
          lifetime: "1 hour",
          acceptsClaims: (claims, request, one) =>
            claims.member === request.headers.get("x-member") && one.state === "Published"
        }
      }
    })
    const { origin } = await aServer(connector.handler)
    await connector.transcodeVideo({ file: media("faststart.mp4") })
    const video = await ended.promise
    const { master, of } = await connector.videos.urls(video.id)
    expect(master).toMatch(/^http:\/\/media\.example\/playback\/[\da-f-]{36}\/master\.m3u8\?token=/)
    const answer = await fetch(here(master, origin))
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "private, no-cache"])
    const variant = (await answer.text()).trim().split("\n").at(-1) ?? ""
    const playlist = await fetch(new URL(variant, here(master, origin)))
    const [, name = ""] = /URI="([^"]+)"/.exec(await playlist.text()) ?? []
    const range = { headers: { range: "bytes=0-3" } }
    expect((await fetch(new URL(name, here(master, origin)), range)).status).toBe(206)
    expect((await fetch(here(of(String(video.thumbnailKey)), origin))).headers.get("content-type")).toBe("image/jpeg")
    expect((await fetch(here(master, origin).replace(/\?.*/, ""))).status).toBe(401)

    const bound = await connector.videos.urls(video.id, { claims: { member: "42" }, expiresIn: "1 minute" })
    const by = async (member: string) =>
      (await fetch(here(bound.master, origin), { headers: { "x-member": member } })).status
    expect([await by("42"), await by("43")]).toEqual([200, 403])
    for (const options of [{ claims: { member: "4".repeat(1000) } }, { expiresIn: "soon" }]) {
      await expect(connector.videos.urls(video.id, options)).rejects.toMatchObject({ code: "InvalidRequest" })
    }
  }, 300_000)

  it("lets the application decide about every file, in the handler, in fetch and in serve", async () => {
    const asked: Array<string> = []
    const connector = await aConnector({
      playback: {
        access: (request, video) => {
          asked.push(video.id)
          return Promise.resolve(request.headers.get("cookie") === "member=42")
        },
        path: "/media"
      }
    })
    const { origin } = await aServer((request, response) =>
      connector.handler(request, response, () => response.end("the application"))
    )
    const video = await aVideo(connector)
    const url = (await connector.videos.urls(video.id)).of(String(video.thumbnailKey))
    expect(url).toMatch(/^http:\/\/media\.example\/media\//)
    const member = { headers: { cookie: "member=42" } }
    const ways = [
      (init?: RequestInit) => fetch(here(url, origin), init),
      (init?: RequestInit) => connector.fetch(new Request(url, init)),
      (init?: RequestInit) => connector.serve(new Request(url, init))
    ]
    for (const way of ways) {
      expect((await way()).status).toBe(403)
      const answer = await way(member)
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/jpeg"])
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100)
    }
    expect(asked).toEqual(Array(6).fill(video.id))
    const key = String(video.sourceKey)
    for (const name of [key, key.split("/").at(-1) ?? "", `../../${key}`, encodeURIComponent(key)]) {
      const answer = await connector.serve(new Request(`http://media.example/media/${video.id}/${name}`, member))
      expect(answer.status).toBe(404)
    }
    expect(await (await fetch(`${origin}/playback/x`)).text()).toBe("the application")
    expect((await connector.serve(new Request("http://media.example/api/v1/runners/openapi.json"))).status).toBe(404)
    await connector.close()
    expect((await fetch(here(url, origin))).status).toBe(503)
  })

  it("needs the option, without which files are not served", async () => {
    const connector = await aConnector()
    const { origin } = await aServer((request, response) =>
      connector.handler(request, response, () => response.end("the application"))
    )
    const { id } = await aVideo(connector)
    const calls = [connector.videos.urls(id), connector.serve(new Request("http://media.example/playback/x/y"))]
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        code: "InvalidOptions",
        message: expect.stringContaining("who may watch")
      })
    }
    expect(await (await fetch(`${origin}/playback/${id}/master.m3u8`)).text()).toBe("the application")
    expect((await connector.fetch(new Request(`http://media.example/playback/${id}/master.m3u8`))).status).toBe(404)
  })

  it("refuses options by which nobody could watch, or everybody by mistake", async () => {
    for (const [playback, problem] of [
      [{ access: "opne" }, 'playback.access: expected "open", a function or { secrets }'],
      [{}, "playback.access: is missing"],
      [{ access: { secrets: [] } }, "playback.access.secrets"],
      [{ access: { secrets: ["short"] } }, "at least 32 characters"],
      [{ access: { secrets: [SECRET], lifetime: "soon" } }, "playback.access.lifetime"],
      [{ access: { secrets: [SECRET], acceptClaims: () => true } }, "playback.access.acceptClaims: unknown option"],
      [{ access: "open", path: "media" }, "playback.path: expected a path such as /playback"],
      [{ access: "open", origins: ["www.example"] }, "expected an origin such as https://www.example"],
      ["open", "playback: expected { access }"]
    ] as const) {
      await expect(aConnector({ playback: playback as never, dataDir: "/nowhere" })).rejects.toThrow(problem)
    }
  })
})
