import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { FetchHttpClient } from "@effect/platform"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { fakeFfmpeg, inputOf, instantFfmpeg, startRunner, testServer, until } from "./support/harness.ts"
import { otherServer } from "./support/otherServer.ts"

/** An ffmpeg that records the content of its inputs. */
const readingFfmpeg = () => {
  const inputs: Array<string> = []
  const layer = fakeFfmpeg((command, write) =>
    Effect.gen(function* () {
      for (const input of command.inputs) {
        if ("path" in input) inputs.push(yield* Effect.promise(() => readFile(input.path, "utf8")))
      }
      yield* write("made")
    })
  )
  return { inputs, layer }
}

it.scopedLive("fails on a truncated download after two retries", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const paths: Array<string> = []
    const cut = createServer((request, response) => {
      paths.push(request.url ?? "")
      response.writeHead(200, { "content-length": 1000 })
      response.write("short")
      response.socket?.end()
    })
    yield* Effect.promise(() => new Promise<void>((resolve) => cut.listen(0, "127.0.0.1", resolve)))
    yield* Effect.addFinalizer(() => Effect.sync(() => cut.close()))
    const job = server.addJob({ payload: inputOf(`http://127.0.0.1:${(cut.address() as AddressInfo).port}/file`) })
    yield* startRunner(server, instantFfmpeg)
    yield* until("the failure is reported", () => job.state === "Errored")
    expect(job.messages).toEqual([
      expect.stringMatching(
        /^download: the server is unavailable: the (response ended early: |file ended after \d of 1000)/
      )
    ])
    expect(paths).toHaveLength(3)
  })
)

it.scopedLive("retries a broken download", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob({ source: Buffer.from("the source") })
    let failures = 2
    server.answer = (name) => (name === "maxQuality" && failures-- > 0 ? "break" : undefined)
    const { inputs, layer } = readingFfmpeg()
    yield* startRunner(server, layer)
    yield* until("the job is done", () => job.state === "Completed")
    expect(inputs).toEqual(["the source"])
  })
)

it.scopedLive("reports a refused download without a retry", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    server.answer = (name) => (name === "maxQuality" ? { status: 403, body: { error: "not yours" } } : undefined)
    yield* startRunner(server, instantFfmpeg)
    yield* until("the failure is reported", () => job.state === "Errored")
    expect(job.messages).toEqual(["download was refused (403): not yours"])
    expect(server.callsOf("maxQuality")).toHaveLength(1)
  })
)

it.scopedLive("requests only the path of an address", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const other = yield* otherServer(({ body, method, url }) => ({
      status: 200,
      body: `${method} ${url} ${body.length}`
    }))
    const job = server.addJob({ payload: inputOf(`${other.replace("//", "//user:secret@")}/file?signed=1#part`) })
    const { inputs, layer } = readingFfmpeg()
    yield* startRunner(server, layer)
    yield* until("the job is done", () => job.state === "Completed")
    expect(inputs).toEqual(["POST /file 115"])
  })
)

it.scopedLive("follows a redirect to a store with a GET, its query and no token", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const store = yield* otherServer(({ body, method, type, url }) => ({
      status: 200,
      body: `${method} ${url} ${type} ${body.length}`
    }))
    const job = server.addJob()
    const location = `${store}/bucket/key?signature=abc`
    server.answer = (name) => (name === "maxQuality" ? { status: 302, headers: { location } } : undefined)
    const { inputs, layer } = readingFfmpeg()
    yield* startRunner(server, layer)
    yield* until("the job is done", () => job.state === "Completed")
    expect(inputs).toEqual(["GET /bucket/key?signature=abc  0"])
  })
)

it.scopedLive("repeats the request after a 307 to the same server, but never sends tokens to another", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    let redirects = 1
    const again = (job.payload as { input: { videoFileUrl: string } }).input.videoFileUrl
    server.answer = (name) =>
      name === "maxQuality" && redirects-- > 0 ? { status: 307, headers: { location: again } } : undefined
    yield* startRunner(server, instantFfmpeg)
    yield* until("the job is done", () => job.state === "Completed")

    const paths: Array<string> = []
    const stranger = yield* otherServer(({ url }) => {
      paths.push(url)
      return { status: 200, body: "bytes" }
    })
    const second = server.addJob()
    server.answer = (name) =>
      name === "maxQuality" ? { status: 307, headers: { location: `${stranger}/file` } } : undefined
    server.ping()
    yield* until("the failure is reported", () => second.state === "Errored")
    expect(second.messages[0]).toMatch(
      /^download was refused: redirected to 127\.0\.0\.1:\d+, which must not receive tokens$/
    )
    expect(paths).toEqual([])
  })
)

it.scopedLive("limits the number of redirects", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    server.answer = (name) => (name === "maxQuality" ? { status: 307, headers: { location: "#" } } : undefined)
    yield* startRunner(server, instantFfmpeg)
    yield* until("the failure is reported", () => job.state === "Errored")
    expect(server.callsOf("maxQuality")).toHaveLength(6)
  })
)

it.scopedLive("rejects addresses that do not use HTTP", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob({ payload: inputOf("file:///etc/passwd") })
    yield* startRunner(server, instantFfmpeg)
    yield* until("the failure is reported", () => job.state === "Errored")
    expect(job.messages).toEqual(["download was refused: the address does not use HTTP"])
  })
)

it.scopedLive("also works with fetch, where forms have no Content-Length", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    server.allowsChunks = true
    const job = server.addJob()
    server.answer = (name) =>
      name === "request" && job.state === "Completed" ? { status: 302, headers: { location: "/" } } : undefined
    const { logs } = yield* startRunner(server, instantFfmpeg, {}, undefined, FetchHttpClient.layer)
    yield* until("the job is done", () => job.state === "Completed")
    yield* until("the redirect was refused", () => logs.some((line) => line.includes("request was refused (302)")))
    expect(job.result).toHaveLength(4)
    expect(job.progress[0]).toBe("0")
  })
)
