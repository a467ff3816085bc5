import { expect, it } from "@effect/vitest"
import { FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import {
  endlessFfmpeg,
  fakeFfmpeg,
  instantFfmpeg,
  jobFolders,
  startRunner,
  testServer,
  until
} from "./support/harness.ts"

it.scopedLive("reports its progress, at most 99 %", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    const { layer, state } = endlessFfmpeg()
    yield* startRunner(server, layer)
    yield* until("the job runs", () => state.running === 1)
    yield* until("the progress is reported", () => job.progress.at(-1) === "75")

    const ahead = server.addJob()
    yield* startRunner(
      server,
      fakeFfmpeg((command) => Effect.zipRight(command.onProgress?.(9) ?? Effect.void, Effect.never))
    )
    yield* until("the progress is reported", () => ahead.progress.at(-1) === "99")
  })
)

it.scopedLive("reports the cause of an ffmpeg failure without local paths", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    const failing = fakeFfmpeg(({ outputDirectory }) =>
      Effect.fail(
        new FfmpegFailed({
          program: "ffmpeg",
          exitCode: 183,
          log: [`${outputDirectory}/video: something`, "x".repeat(9000), "Conversion failed!"]
        })
      )
    )
    const { workDirectory } = yield* startRunner(server, failing)
    yield* until("the failure is reported", () => job.state === "Errored")
    const [message = ""] = job.messages
    expect(message.startsWith("ffmpeg failed with exit code 183\nvideo: something\nxxx")).toBe(true)
    expect(message.endsWith("xxx\nConversion failed!")).toBe(true)
    expect(message).toHaveLength(5000)
    expect(message).not.toContain(workDirectory)
    yield* until("the folder is removed", async () => (await jobFolders(workDirectory)).length === 0)
  })
)

it.scopedLive("reports a payload that it cannot read", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob({ payload: { input: {}, output: { resolution: "high" } } })
    yield* startRunner(server, instantFfmpeg)
    yield* until("the failure is reported", () => job.state === "Errored")
    expect(job.messages[0]).toMatch(/^The payload of the job cannot be read/)
  })
)

it.scopedLive("drops the work without a report when the job is gone", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    const { layer, state } = endlessFfmpeg()
    const { workDirectory } = yield* startRunner(server, layer)
    yield* until("the job runs", () => state.running === 1)
    job.state = "Gone"
    yield* until("ffmpeg is stopped", () => state.stopped === 1)
    yield* until("the folder is removed", async () => (await jobFolders(workDirectory)).length === 0)
    const next = server.addJob()
    server.ping()
    yield* until("the runner has accepted the next job", () => next.state === "Processing")
    expect([...server.callsOf("error"), ...server.callsOf("abort"), ...server.callsOf("success")]).toEqual([])
  })
)

it.scopedLive("continues after other heartbeat failures", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    const { layer, state } = endlessFfmpeg()
    yield* startRunner(server, layer)
    yield* until("the job runs", () => state.running === 1)
    let failures = 0
    const answers = [{ status: 500 }, { status: 400 }, "break", { status: 302 }] as const
    server.answer = (name) => (name === "update" ? answers[failures++] : undefined)
    yield* until("heartbeats succeed again", () => failures > 4 && job.progress.length > 3)
    expect(state.stopped).toBe(0)
  })
)

for (const failure of ["break", { status: 503 }] as const) {
  it.scopedLive(`delivers the result again after a temporary failure (${JSON.stringify(failure)})`, () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const job = server.addJob()
      let failures = 3
      server.answer = (name) => (name === "success" && failures-- > 0 ? failure : undefined)
      const { workDirectory } = yield* startRunner(server, instantFfmpeg)
      yield* until("the job is done", () => job.state === "Completed")
      yield* until("the folder is removed", async () => (await jobFolders(workDirectory)).length === 0)
      expect(server.callsOf("error")).toEqual([])
    })
  )
}

for (const answer of [
  { status: 404 },
  { status: 409 },
  { status: 400, body: { code: "runner_job_not_in_processing_state" } }
]) {
  it.scopedLive(`drops a result that the server does not need any more (${answer.status})`, () =>
    Effect.gen(function* () {
      const server = yield* testServer
      server.addJob()
      server.answer = (name) => (name === "success" ? answer : undefined)
      const { workDirectory } = yield* startRunner(server, instantFfmpeg)
      yield* until("the result was sent", () => server.callsOf("success").length === 1)
      yield* until("the folder is removed", async () => (await jobFolders(workDirectory)).length === 0)
      expect(server.callsOf("success")).toHaveLength(1)
      expect(server.callsOf("error")).toEqual([])
    })
  )
}

for (const status of [200, 201, 302, 400, 413]) {
  it.scopedLive(`treats every other refusal of a result as a failure, as the official runner does (${status})`, () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const job = server.addJob()
      server.answer = (name) => (name === "success" ? { status, body: { detail: "no, thanks" } } : undefined)
      yield* startRunner(server, instantFfmpeg)
      yield* until("the failure is reported", () => job.state === "Errored")
      expect(job.messages).toEqual([`success was refused (${status}): no, thanks`])
      expect(server.callsOf("success")).toHaveLength(1)
    })
  )
}
