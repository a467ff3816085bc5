import { createServer } from "node:net"
import { expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { freePort } from "../../../test/fixtures/freePort.mjs"
import { fakeFfmpeg, instantFfmpeg, startRunner, testServer, until } from "./support/harness.ts"
import { TestServer } from "./support/TestServer.ts"

/** An ffmpeg that runs until `goOn` and counts its concurrent runs. */
const slowFfmpeg = () => {
  const counts = { now: 0, most: 0 }
  const goOn = Effect.runSync(Deferred.make<void>())
  const layer = fakeFfmpeg((_, write) =>
    Effect.gen(function* () {
      counts.now++
      counts.most = Math.max(counts.most, counts.now)
      yield* Deferred.await(goOn)
      yield* write("made")
    }).pipe(Effect.ensuring(Effect.sync(() => counts.now--)))
  )
  return { counts, goOn: Deferred.succeed(goOn, undefined), layer }
}

it.scopedLive("checks at start and when the socket connects", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    yield* startRunner(server, instantFfmpeg)
    yield* until("the socket is connected", () => server.sockets === 1)
    yield* until("both checks have run", () => server.callsOf("request").length === 2)
  })
)

it.scopedLive("checks when the server announces jobs", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    yield* startRunner(server, instantFfmpeg)
    yield* until("the first checks are over", () => server.sockets === 1 && server.callsOf("request").length === 2)
    const job = server.addJob()
    server.ping()
    yield* until("the job is done", () => job.state === "Completed")
  })
)

it.scopedLive("checks at the poll interval without a wake-up", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    server.refuseSockets = "no sockets today"
    yield* startRunner(server, instantFfmpeg, { pollInterval: "100 millis" })
    yield* until("the first check is over", () => server.callsOf("request").length === 1)
    const job = server.addJob()
    yield* until("the job is done", () => job.state === "Completed")
  })
)

it.scopedLive("reconnects a refused socket", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    server.refuseSockets = "not yet"
    yield* startRunner(server, instantFfmpeg)
    yield* until("the socket was refused twice", () => server.refusedSockets >= 2)
    server.refuseSockets = undefined
    yield* until("the socket is connected", () => server.sockets === 1)
  })
)

it.scopedLive("reconnects a socket that the server closed", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    yield* startRunner(server, instantFfmpeg)
    yield* until("the socket is connected", () => server.sockets === 1)
    server.io.of("/runners").disconnectSockets()
    yield* until("the socket is closed", () => server.sockets === 0)
    yield* until("the socket is connected", () => server.sockets === 1)
  })
)

it.scopedLive("runs up to the configured number of jobs, then starts the next one immediately", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const jobs = Array.from({ length: 5 }, () => server.addJob())
    const { counts, goOn, layer } = slowFfmpeg()
    yield* startRunner(server, layer, { concurrency: 3 })
    yield* until("three jobs run", () => counts.now === 3)
    expect(jobs.map(({ state }) => state)).toEqual(["Processing", "Processing", "Processing", "Pending", "Pending"])
    yield* goOn
    yield* until("all jobs are done", () => jobs.every(({ state }) => state === "Completed"))
    expect(counts.most).toBe(3)
  })
)

it.scopedLive("skips unsupported jobs and invalid identifiers", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    server.addJob({ type: "video-transcription" })
    server.addJob({ uuid: "..%2F..%2Fetc" })
    const job = server.addJob()
    yield* startRunner(server, instantFfmpeg)
    yield* until("the job is done", () => job.state === "Completed")
    expect(server.callsOf("accept")).toHaveLength(1)
  })
)

for (const lost of [
  { status: 409, body: { code: "runner_job_not_in_pending_state" } },
  { status: 400, body: {} },
  { status: 404, body: {} }
]) {
  it.scopedLive(`accepts the next job of the list when another runner was faster (${lost.status})`, () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const [first, second] = [server.addJob(), server.addJob()]
      server.answer = (name, job) => (name === "accept" && job === first ? lost : undefined)
      yield* startRunner(server, instantFfmpeg)
      yield* until("the second job is done", () => second.state === "Completed")
      const order = server.calls.map(({ name, path }) => (name === "accept" ? path.split("/").at(-2) : name))
      expect(order.slice(0, 3)).toEqual(["request", first.uuid, second.uuid])
    })
  )
}

it.scopedLive("retries a lost job without a wake-up", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    server.refuseSockets = "no sockets today"
    const job = server.addJob()
    let refusals = 3
    server.answer = (name) => (name === "accept" && refusals-- > 0 ? { status: 409 } : undefined)
    yield* startRunner(server, instantFfmpeg)
    yield* until("the job is done", () => job.state === "Completed")
  })
)

it.scopedLive("tries an unavailable job once per check, even if it stays at the head of the list", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const poisoned = server.addJob()
    server.answer = (name, job) => (name === "accept" && job === poisoned ? { status: 400 } : undefined)
    yield* startRunner(server, instantFfmpeg, { retryDelay: "1 minute" })
    yield* until("the first checks are over", () => server.sockets === 1 && server.callsOf("request").length >= 4)
    const job = server.addJob()
    server.ping()
    yield* until("the other job is done", () => job.state === "Completed")
    const order = server.calls.map(({ name }) => name).filter((name) => name === "request" || name === "accept")
    expect(order.slice(0, 6).join(" ")).toBe("request accept request request accept request")
  })
)

it.scopedLive("shares the jobs with a second runner without duplicates", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const jobs = Array.from({ length: 12 }, () => server.addJob())
    const { counts, goOn, layer } = slowFfmpeg()
    yield* startRunner(server, layer)
    yield* startRunner(server, layer)
    yield* until("both runners are full", () => counts.now === 4)
    yield* goOn
    yield* until("all jobs are done", () => jobs.every(({ state }) => state === "Completed"))
    expect(server.callsOf("success")).toHaveLength(jobs.length)
    expect(new Set(jobs.map(({ runnerToken }) => runnerToken)).size).toBe(2)
    expect(server.callsOf("error")).toEqual([])
  })
)

it.scopedLive("waits for a server that has not started yet", () =>
  Effect.gen(function* () {
    let attempts = 0
    const closedDoor = createServer((socket) => {
      attempts++
      socket.destroy()
    })
    const port = yield* Effect.promise(freePort)
    yield* Effect.promise(() => new Promise<void>((resolve) => closedDoor.listen(port, "127.0.0.1", resolve)))
    const server = new TestServer()
    server.port = port
    yield* Effect.addFinalizer(() => Effect.promise(() => server.stop()))
    const token = server.addRunner()
    yield* startRunner(server, instantFfmpeg, {}, token)
    yield* until("the runner has retried", () => attempts >= 5)
    yield* Effect.promise(() => new Promise((resolve) => closedDoor.close(resolve)))
    yield* Effect.promise(() => server.start(port))
    const job = server.addJob()
    yield* until("the job is done", () => job.state === "Completed")
    expect(server.violations).toEqual([])
  })
)

it.scopedLive("respects Retry-After", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const times: Array<number> = []
    server.answer = (name) => {
      if (name !== "request") return undefined
      times.push(performance.now())
      return times.length === 1 ? { status: 503, headers: { "retry-after": "1" } } : undefined
    }
    yield* startRunner(server, instantFfmpeg)
    yield* until("the runner has retried", () => times.length >= 2)
    // Timers may end a millisecond early.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(998)
  })
)

it.scopedLive("logs once that its checks fail, and once that they work again", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    let refused = 0
    server.answer = (name) => (name === "request" && ++refused <= 4 ? { status: 503 } : undefined)
    const job = server.addJob()
    const { logs } = yield* startRunner(server, instantFfmpeg)
    yield* until("the job is done", () => job.state === "Completed")
    const about = logs.filter((line) => line.includes("Checks for jobs"))
    expect(about).toHaveLength(2)
    expect(about[0]).toMatch(/Checks for jobs fail.*unavailable/)
    expect(about[1]).toMatch(/Checks for jobs work again/)
  })
)

it.scopedLive("continues after invalid responses", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const answers = ["break", { status: 500 }, { status: 302, headers: { location: "/" } }, { status: 200 }] as const
    let at = 0
    server.answer = (name) => (name === "request" ? answers[at++] : undefined)
    const job = server.addJob()
    yield* startRunner(server, instantFfmpeg)
    yield* until("the job is done", () => job.state === "Completed")
  })
)
