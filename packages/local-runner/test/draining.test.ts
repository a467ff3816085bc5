import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { LocalRunner } from "../src/index.ts"
import { fakeFfmpeg, temporaryFolder, testServer, until } from "./support/harness.ts"
import type { TestServer } from "./support/TestServer.ts"

/** An ffmpeg that waits for `go`. `state` counts concurrent runs. */
const waitingFfmpeg = Effect.map(Deferred.make<void>(), (go) => {
  const state = { running: 0, most: 0, all: 0 }
  const layer = fakeFfmpeg((_, write) =>
    Effect.gen(function* () {
      state.all++
      state.most = Math.max(state.most, ++state.running)
      yield* Deferred.await(go)
      state.running--
      return yield* write("made")
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => state.running--)))
  )
  return { go, layer, state }
})

type Waiting = Effect.Effect.Success<typeof waitingFfmpeg>

/** Runs a runner of one server in the background. */
const run = (server: TestServer, { layer }: Waiting, slots: LocalRunner.Slots, stop: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const config = {
      ...{ url: server.url, workDirectory: yield* temporaryFolder, concurrency: slots },
      ...({ progressInterval: "50 millis", retryDelay: "20 millis" } as const),
      runnerToken: Redacted.make(server.addRunner())
    }
    return yield* LocalRunner.runUntil(config, stop).pipe(
      Effect.provide([layer, NodeContext.layer, NodeHttpClient.layer]),
      Effect.forkScoped
    )
  })

it.scopedLive("finishes its jobs and accepts no others when it has to stop", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const ffmpeg = yield* waitingFfmpeg
    const stop = yield* Deferred.make<void>()
    const running = server.addJob()
    const fiber = yield* run(server, ffmpeg, LocalRunner.makeSlots(2), Deferred.await(stop))
    yield* until("the job runs", () => ffmpeg.state.running === 1)
    yield* Deferred.succeed(stop, undefined)
    const later = server.addJob()
    const asked = server.callsOf("request").length
    server.ping()
    yield* until("the job has reported again", () => running.progress.length > 2)
    expect(server.callsOf("request").length).toBe(asked)
    yield* Deferred.succeed(ffmpeg.go, undefined)
    yield* Fiber.join(fiber)
    expect([running.state, later.state]).toEqual(["Completed", "Pending"])
    expect(running.reasons).toEqual([])
  })
)

it.scopedLive("gives its jobs back when it is interrupted while it finishes them", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const ffmpeg = yield* waitingFfmpeg
    const job = server.addJob()
    const stop = yield* Deferred.make<void>()
    const fiber = yield* run(server, ffmpeg, LocalRunner.makeSlots(2), Deferred.await(stop))
    yield* until("the job runs", () => ffmpeg.state.running === 1)
    yield* Deferred.succeed(stop, undefined)
    yield* Fiber.interrupt(fiber)
    expect(job).toMatchObject({ state: "Pending", reasons: ["Runner stopped"] })
  })
)

it.scopedLive("stops at once while the server is away", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const ffmpeg = yield* waitingFfmpeg
    const stop = yield* Deferred.make<void>()
    server.answer = () => ({ status: 503 })
    const fiber = yield* run(server, ffmpeg, LocalRunner.makeSlots(1), Deferred.await(stop))
    yield* until("it has asked", () => server.callsOf("request").length > 1)
    yield* Deferred.succeed(stop, undefined)
    yield* Fiber.join(fiber)
    expect(ffmpeg.state.all).toBe(0)
  })
)

it.scopedLive("shares its slots between two servers", () =>
  Effect.gen(function* () {
    const [first, second] = [yield* testServer, yield* testServer]
    const ffmpeg = yield* waitingFfmpeg
    const slots = LocalRunner.makeSlots(2)
    const jobs = [first, second].flatMap((server) => [server.addJob(), server.addJob()])
    yield* run(first, ffmpeg, slots, Effect.never)
    yield* run(second, ffmpeg, slots, Effect.never)
    yield* until("all slots are taken", () => ffmpeg.state.running === 2)
    yield* Deferred.succeed(ffmpeg.go, undefined)
    // The interval between two checks is a minute, so a server that is not woken up would not ask in time.
    yield* until("all jobs are done", () => jobs.every(({ state }) => state === "Completed"))
    expect(ffmpeg.state.most).toBe(2)
  })
)

/** A server whose answers to results are held until `answer`. */
const holdingServer = Effect.gen(function* () {
  const server = yield* testServer
  const held = yield* Deferred.make<void>()
  server.hold = (name) => (name === "success" ? Effect.runPromise(Deferred.await(held)) : undefined)
  return { server, answer: Deferred.succeed(held, undefined) }
})

it.scopedLive("makes the next result while the server checks the one before, and no third one", () =>
  Effect.gen(function* () {
    const { answer, server } = yield* holdingServer
    const ffmpeg = yield* waitingFfmpeg
    const jobs = [server.addJob(), server.addJob(), server.addJob()]
    yield* Deferred.succeed(ffmpeg.go, undefined)
    yield* run(server, ffmpeg, LocalRunner.makeSlots(1), Effect.never)
    yield* until("two results have arrived", () => server.callsOf("success").length === 2)
    const before = jobs.map(({ progress }) => progress.length)
    yield* until("both still report", () =>
      jobs.slice(0, 2).every((job, n) => job.progress.length > (before[n] ?? 0) + 2)
    )
    expect(ffmpeg.state).toMatchObject({ all: 2, most: 1 })
    yield* answer
    yield* until("all jobs are done", () => jobs.every(({ state }) => state === "Completed"))
    expect(ffmpeg.state).toMatchObject({ all: 3, most: 1 })
  })
)

it.scopedLive("gives a result that is not delivered back with the job that runs beside it", () =>
  Effect.gen(function* () {
    const { answer, server } = yield* holdingServer
    server.allowsBreaks = true
    const ffmpeg = yield* waitingFfmpeg
    const jobs = [server.addJob(), server.addJob()]
    yield* Deferred.succeed(ffmpeg.go, undefined)
    const fiber = yield* run(server, ffmpeg, LocalRunner.makeSlots(1), Effect.never)
    yield* until("two results have arrived", () => server.callsOf("success").length === 2)
    yield* Fiber.interrupt(fiber)
    expect(jobs.map(({ reasons }) => reasons)).toEqual([["Runner stopped"], ["Runner stopped"]])
    yield* answer
  })
)

it.scopedLive("gives back a job that is accepted while it finishes the others and is interrupted", () =>
  Effect.gen(function* () {
    const server = yield* testServer
    const ffmpeg = yield* waitingFfmpeg
    const job = server.addJob()
    const stop = yield* Deferred.make<void>()
    const accepting = yield* Deferred.make<void>()
    server.hold = (name) => {
      if (name !== "accept") return undefined
      Deferred.unsafeDone(accepting, Effect.void)
      return Effect.runPromise(Deferred.await(answering))
    }
    const answering = yield* Deferred.make<void>()
    const fiber = yield* run(server, ffmpeg, LocalRunner.makeSlots(2), Deferred.await(stop))
    yield* Deferred.await(accepting)
    yield* Deferred.succeed(stop, undefined)
    // Lets the runner notice that it has to stop, before it is interrupted.
    yield* Effect.yieldNow({ priority: 100 })
    const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
    yield* Effect.yieldNow({ priority: 100 })
    yield* Deferred.succeed(answering, undefined)
    yield* Fiber.join(interrupting)
    expect(job).toMatchObject({ state: "Pending", reasons: ["Runner stopped"] })
  })
)
