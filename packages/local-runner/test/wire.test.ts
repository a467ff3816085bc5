import { NodeHttpClient } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { LocalRunner } from "../src/index.ts"
import { instantFfmpeg, startRunner, testServer, until } from "./support/harness.ts"

it.scopedLive("sends the same calls as the official runner", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob({ output: { resolution: 240 } })
    const { runnerToken } = yield* startRunner(server, instantFfmpeg)
    yield* until("the job is done", () => job.state === "Completed")

    const [request] = server.callsOf("request")
    const jobTypes = LocalRunner.builtInJobTypes.map(({ name }) => name)
    expect(request?.fields).toEqual({ runnerToken, jobTypes, version: "0.4.0" })
    expect(server.callsOf("accept").map(({ fields }) => fields)).toEqual([{ runnerToken }])
    const [download] = server.callsOf("maxQuality")
    expect(download?.body.toString()).toBe(JSON.stringify({ runnerToken, jobToken: job.jobToken }))

    const [update] = server.callsOf("update")
    const updateBoundary = /boundary=(-{26}[0-9a-f]{24})$/.exec(update?.headers["content-type"] ?? "")?.[1]
    expect(update?.body.toString()).toBe(
      [
        `--${updateBoundary}\r\nContent-Disposition: form-data; name="progress"\r\n\r\n0\r\n`,
        `--${updateBoundary}\r\nContent-Disposition: form-data; name="jobToken"\r\n\r\n${job.jobToken}\r\n`,
        `--${updateBoundary}\r\nContent-Disposition: form-data; name="runnerToken"\r\n\r\n${runnerToken}\r\n`,
        `--${updateBoundary}--\r\n`
      ].join("")
    )

    const [success] = server.callsOf("success")
    expect(success?.parts.map(({ content, ...part }) => ({ ...part, content: content.toString() }))).toEqual([
      { name: "jobToken", content: job.jobToken },
      { name: "runnerToken", content: runnerToken },
      {
        name: "payload[videoFile]",
        filename: expect.stringMatching(/^[0-9a-f-]{36}-240-fragmented\.mp4$/),
        contentType: "video/mp4",
        content: "made"
      },
      {
        name: "payload[resolutionPlaylistFile]",
        filename: success?.parts[2]?.filename?.replace("-fragmented.mp4", ".m3u8"),
        contentType: "application/vnd.apple.mpegurl",
        content: "made"
      }
    ])
  })
)

it.scopedLive("reports its first progress before the download and further progress while it works", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    server.answer = (name) => (name === "maxQuality" ? "hang" : undefined)
    const job = server.addJob()
    yield* startRunner(server, instantFfmpeg)
    yield* until("two heartbeats have arrived", () => job.progress.length >= 2)
    expect(new Set(job.progress)).toEqual(new Set(["0"]))
  })
)

it.scopedLive("registers and unregisters", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const registrationToken = Redacted.make("ptrrt-test")
    const registered = yield* LocalRunner.register(server.url, {
      registrationToken,
      name: "one",
      description: "the one"
    })
    expect(registered.id).toBe(1)
    expect(server.calls[0]?.fields).toEqual({
      ...{ registrationToken: "ptrrt-test", name: "one", description: "the one", version: "0.4.0" }
    })
    expect([...server.runners.keys()]).toEqual([Redacted.value(registered.runnerToken)])
    yield* LocalRunner.unregister(server.url, registered.runnerToken)
    expect(server.runners.size).toBe(0)
    const again = yield* Effect.flip(LocalRunner.unregister(server.url, registered.runnerToken))
    expect(again).toMatchObject({ _tag: "RequestRefused", status: 404, code: "unknown_runner_token" })
  }).pipe(Effect.provide(NodeHttpClient.layer))
)

it.scopedLive("rejects an invalid registration locally with its cause", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const registrationToken = Redacted.make("ptrrt-secret")
    const refused = yield* Effect.flip(LocalRunner.register(server.url, { registrationToken, name: "" }))
    expect(refused.message).toContain("name")
    expect(refused.message).not.toContain("secret")
    expect(server.calls).toEqual([])
  }).pipe(Effect.provide(NodeHttpClient.layer))
)

it.scopedLive("keeps the path of the server address", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const registrationToken = Redacted.make("ptrrt-test")
    server.answer = () => undefined
    const refused = yield* Effect.flip(LocalRunner.register(`${server.url}/below/`, { registrationToken, name: "one" }))
    expect(refused._tag).toBe("ServerUnavailable")
    expect(server.violations.splice(0)).toEqual([
      "/below/api/v1/runners/register: no such route: POST /below/api/v1/runners/register"
    ])
  }).pipe(Effect.provide(NodeHttpClient.layer))
)
