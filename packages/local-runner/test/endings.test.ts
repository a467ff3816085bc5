import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { FfmpegFailed } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import {
  fakeFfmpeg,
  instantFfmpeg,
  jobFolders,
  startRunner,
  temporaryFolder,
  testServer,
  until
} from "./support/harness.ts"

/** An ffmpeg that never ends by itself. `state` counts its runs. */
const endlessFfmpeg = () => {
  const state = { running: 0, stopped: 0 }
  const layer = fakeFfmpeg((command, write) =>
    Effect.gen(function* () {
      yield* write("unfinished")
      yield* command.onProgress?.(1.5) ?? Effect.void
      state.running++
      return yield* Effect.never
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => state.stopped++)))
  )
  return { layer, state }
}

it.scopedLive("kills ffmpeg, gives its jobs back and removes its files when it stops", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const jobs = [server.addJob(), server.addJob()]
    const { layer, state } = endlessFfmpeg()
    const { stop, workDirectory } = yield* startRunner(server, layer)
    yield* until("both jobs run", () => state.running === 2)
    yield* stop
    expect(state.stopped).toBe(2)
    expect(jobs.map(({ reasons, state }) => ({ state, reasons }))).toEqual([
      { state: "Pending", reasons: ["Runner stopped"] },
      { state: "Pending", reasons: ["Runner stopped"] }
    ])
    expect(yield* Effect.promise(() => jobFolders(workDirectory))).toEqual([])
    yield* until("the socket is closed", () => server.sockets === 0)
  })
)

it.scopedLive("stops in bounded time without a response and gives the jobs back at the next start", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    const { layer, state } = endlessFfmpeg()
    const workDirectory = yield* temporaryFolder
    const config = { workDirectory, shutdownTimeout: "200 millis" } as const
    const { runnerToken, stop } = yield* startRunner(server, layer, config)
    yield* until("the job runs", () => state.running === 1)
    server.answer = () => "hang"
    const before = Date.now()
    yield* stop
    expect(Date.now() - before).toBeLessThan(2000)
    const [folder = ""] = yield* Effect.promise(() => jobFolders(workDirectory))
    expect(yield* Effect.promise(() => readdir(join(workDirectory, "jobs", folder)))).toEqual(["job.json"])

    server.answer = (name) => (name === "request" ? { status: 503 } : undefined)
    yield* startRunner(server, instantFfmpeg, { workDirectory }, runnerToken)
    yield* until("the job is given back", () => job.state === "Pending")
    expect(job.reasons).toEqual(["Runner restarted"])
    yield* until("the folder is removed", async () => (await jobFolders(workDirectory)).length === 0)
  })
)

it.scopedLive("gives back a job that is accepted while it stops", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    let stopping: Promise<unknown> | undefined
    let stop: Effect.Effect<void> = Effect.void
    server.answer = (name) => {
      if (name === "accept") stopping ??= Effect.runPromise(stop)
      return undefined
    }
    const runner = yield* startRunner(server, endlessFfmpeg().layer)
    stop = runner.stop
    yield* until("the runner is stopping", () => stopping !== undefined)
    yield* Effect.promise(async () => stopping)
    expect(job).toMatchObject({ state: "Pending", reasons: ["Runner stopped"] })
  })
)

it.scopedLive("stores the tokens of running jobs in files that only the owner can read", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob()
    const { layer, state } = endlessFfmpeg()
    const { workDirectory } = yield* startRunner(server, layer)
    yield* until("the job runs", () => state.running === 1)
    const [folder = ""] = yield* Effect.promise(() => jobFolders(workDirectory))
    const path = join(workDirectory, "jobs", folder)
    const [file, directory] = yield* Effect.promise(() => Promise.all([stat(join(path, "job.json")), stat(path)]))
    expect([file.mode & 0o777, directory.mode & 0o777]).toEqual([0o600, 0o700])
    const record = yield* Effect.promise(() => readFile(join(path, "job.json"), "utf8"))
    expect(JSON.parse(record)).toEqual({ server: server.url, uuid: job.uuid, jobToken: job.jobToken })
  })
)

it.scopedLive("removes the folders of jobs that it cannot give back", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const workDirectory = yield* temporaryFolder
    const record = (server: string) =>
      JSON.stringify({ server, uuid: "0b7c2c5e-7d0e-4a83-9d0c-3a5b8a1d2e3f", jobToken: "ptrjt-x" })
    const leftovers = { unreadable: "{", foreign: record("https://elsewhere.example"), forgotten: record(server.url) }
    yield* Effect.promise(async () => {
      for (const [name, content] of Object.entries(leftovers)) {
        await mkdir(join(workDirectory, "jobs", name), { recursive: true })
        await writeFile(join(workDirectory, "jobs", name, "job.json"), content)
        await writeFile(join(workDirectory, "jobs", name, "video"), "bytes")
      }
    })
    yield* startRunner(server, instantFfmpeg, { workDirectory })
    yield* until("all folders are removed", async () => (await jobFolders(workDirectory)).length === 0)
    expect(server.callsOf("abort").map(({ fields }) => fields.jobToken)).toEqual(["ptrjt-x"])
  })
)

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
