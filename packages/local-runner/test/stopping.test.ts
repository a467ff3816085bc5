import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  endlessFfmpeg,
  instantFfmpeg,
  jobFolders,
  startRunner,
  temporaryFolder,
  testServer,
  until
} from "./support/harness.ts"

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
    // Would wait for the answer without an end.
    yield* stop
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
