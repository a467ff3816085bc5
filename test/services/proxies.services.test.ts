import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { bundled } from "../../scripts/bundle.mjs"
import { Engine, makeClip } from "../e2e/support/clips.ts"
import * as ExampleServer from "../e2e/support/ExampleServer.ts"
import * as RunnerProgram from "../e2e/support/RunnerProgram.ts"
import { until } from "../e2e/support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "../e2e/support/workspace.ts"
import { caddy } from "./caddy.ts"
import { nginx } from "./nginx.ts"
import type { Proxy } from "./proxy.ts"
import * as SlowUpload from "./support/SlowUpload.ts"

const MEBIBYTE = 1024 ** 2

/** More than the buffers of the proxies, and more than nginx accepts by default. */
const PADDING = 16 * MEBIBYTE

/** A server behind a proxy. */
const behind = (start: (port: number) => ReturnType<typeof nginx>) =>
  Effect.gen(function* () {
    const port = yield* freePort
    const proxy = yield* start(port)
    const dataDir = join(yield* temporaryFolder, "data")
    const env = {
      PUBLIC_URL: proxy.url,
      TRUST_PROXY: "1",
      LOCAL_RUNNER: "off",
      TRANSCODING_RESOLUTIONS_144P: "true",
      TRANSCODING_RESOLUTIONS_360P: "false"
    }
    const server = yield* ExampleServer.start({ dataDir, port, env })
    return { proxy, server, authorization: `Bearer ${ExampleServer.keptToken(dataDir)}` }
  })

/** A video with an empty box at its end, which players skip. */
const largeVideo = Effect.gen(function* () {
  const path = yield* makeClip(yield* temporaryFolder, "clip.mp4", { size: "256x144", seconds: 1 })
  const padding = Buffer.alloc(PADDING)
  padding.writeUInt32BE(PADDING, 0)
  padding.write("free", 4)
  return Buffer.concat([yield* Effect.promise(() => readFile(path)), padding])
})

const BOUNDARY = "a-boundary-between-parts"

const formOf = (file: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="videoFile"; filename="clip.mp4"\r\nContent-Type: video/mp4\r\n\r\n`
    ),
    file,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
  ])

/** Sends half of a large body, waits until the server has it on its disk, and sends the other half. */
const uploadInHalves = (proxy: Proxy, { dataDir }: ExampleServer.ExampleServer, authorization: string) =>
  Effect.gen(function* () {
    const form = formOf(yield* largeVideo)
    const half = form.length / 2
    const upload = SlowUpload.begin(proxy, {
      method: "POST",
      path: "/videos/upload",
      headers: {
        authorization,
        "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
        "content-length": `${form.length}`
      }
    })
    yield* upload.send(form.subarray(0, half))
    const largest = Effect.map(filesBelow(dataDir), (files) =>
      Math.max(0, ...files.filter(([name]) => !name.startsWith("postgres")).map(([, size]) => size))
    )
    const received = yield* until("the server has stored most of the first half", largest, (size) => size > half * 0.8)
    assert.isAtMost(received, half)
    yield* upload.send(form.subarray(half))
    const { status, text } = yield* upload.end
    assert.strictEqual(status, 200, text)
    return JSON.parse(text).video.uuid as string
  })

const proxies = { nginx, caddy }

for (const [name, start] of Object.entries(proxies)) {
  describe(`the published configuration of ${name}`, () => {
    it.scopedLive(
      "streams a large upload, passes WebSockets, serves ranges, and passes the address of the client",
      () =>
        Effect.gen(function* () {
          const { authorization, proxy, server } = yield* behind(start)
          const get = (path: string, headers = {}) =>
            SlowUpload.send(proxy, { method: "GET", path, headers: { authorization, ...headers } })
          const uuid = yield* uploadInHalves(proxy, server, authorization)

          const registrationToken = yield* ExampleServer.registrationToken(server)
          const program = yield* Effect.promise(() => bundled("packages/local-runner/src/program/main.ts"))
          const args = ["--url", proxy.url, "--name", "outside", "--work-directory", yield* temporaryFolder]
          yield* RunnerProgram.launch(program, args, {
            CONNECTOR_RUNNER_REGISTRATION_TOKEN: registrationToken,
            NODE_EXTRA_CA_CERTS: proxy.certificate
          })
          yield* until("the socket is connected", server.log, (log) => log.includes("Runner connected"))
          const video = yield* until(
            "the video is published",
            Effect.map(get(`/videos/${uuid}`), ({ text }) => JSON.parse(text)),
            ({ jobs, state }) =>
              state.label === "Published" &&
              jobs.every((job: { state: { label: string } }) => job.state.label === "Completed")
          )
          assert.strictEqual(new URL(video.playlistUrl).origin, proxy.url)
          const { pathname } = new URL(video.files[0].url)
          const part = yield* get(pathname, { range: "bytes=0-99" })
          assert.strictEqual(part.status, 206)

          const body = JSON.stringify({ registrationToken, name: "another" })
          const registered = yield* SlowUpload.send(proxy, {
            ...{ method: "POST", path: "/api/v1/runners/register", from: "127.0.0.2", body },
            headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.7" }
          })
          assert.strictEqual(registered.status, 200, registered.text)
          const { data } = JSON.parse((yield* get("/api/v1/runners?start=0&count=10")).text)
          const addresses = data.map((runner: { name: string; ip: string }) => [runner.name, runner.ip])
          assert.sameDeepMembers(addresses, [
            ["outside", "127.0.0.1"],
            ["another", "127.0.0.2"]
          ])
        }).pipe(Effect.provide(Engine)),
      300_000
    )
  })
}
