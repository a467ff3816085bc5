import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import {
  acceptNext,
  failNext,
  type Held,
  jobsOf,
  type Registered,
  register,
  retry,
  store,
  succeed,
  takeIn
} from "../support/actions.ts"
import { type Around, aProcess, type Process, startProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

interface Given {
  readonly runner: Registered
  readonly video: Video
  readonly held: Held
}

const writes = ["VideoStore.save", "VideoStore.insert", "JobStore.commit"]

/** Holds the first write back after it was made, before the server hears of it. */
const afterTheWrite = Effect.map(Deferred.make<void>(), (opened) => {
  let isMade = false
  const hold = Effect.suspend(() => {
    isMade = true
    return Deferred.await(opened)
  })
  const around: Around = (call, effect) => {
    return !isMade && writes.includes(call) ? Effect.zipLeft(effect, hold) : effect
  }
  return { around, isMade: () => isMade, open: Deferred.succeed(opened, undefined) }
})

/** A video with one published rendition, one that failed for good, and one that a runner holds. */
const given = Effect.gen(function* () {
  const server = yield* aProcess()
  const runner = yield* register(server)
  const video = yield* takeIn(server, { settings: { resolutions: [240, 360, 480], maxFailures: 1 } })
  yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
  yield* failNext(server, runner)
  const held = yield* acceptNext(server, runner)
  yield* store(server.world, "uploads/dog.mov", Media.aVideo())
  return { server, given: { runner, video, held } }
})

const failedJob = ({ world }: Process) => {
  const failed = jobsOf(world).find(({ state }) => state === "Errored")
  if (failed === undefined) throw new Error("No job has failed")
  return failed.id
}

type Operation = (server: Process, given: Given) => Effect.Effect<unknown, unknown>

/** Operations that make a job available, and so must ping runners. */
const operations: ReadonlyArray<readonly [name: string, operation: Operation]> = [
  [
    "a new video",
    (server) => server.transcoding.transcodeVideo({ path: "uploads/dog.mov", destination: "videos/dog" })
  ],
  ["new captions", (server, { video }) => server.transcription.transcribeVideo({ video: video.id })],
  ["a retried job", (server) => retry(server, failedJob(server))],
  ["a missing rendition", (server, { video }) => server.transcoding.ensureRenditions(video.id)],
  ["an aborted job", (server, { held }) => server.jobs.abort({ ...held.claim, reason: "Runner stopped" })]
]

describe("runners are pinged although the caller hangs up after the write of", () => {
  it.effect.each(operations)("%s", ([, operation]) =>
    Effect.gen(function* () {
      const { given: scene, server } = yield* given
      const { around, isMade, open } = yield* afterTheWrite
      const other = yield* startProcess(server.world, { around })
      const before = server.world.pings
      const call = yield* Effect.forkDaemon(operation(other, scene))
      yield* until("the write was made", isMade)
      assert.strictEqual(server.world.pings, before)
      const interruption = yield* Effect.forkDaemon(Fiber.interrupt(call))
      yield* open
      yield* asTimeGoesBy(Fiber.join(interruption))
      assert.strictEqual(server.world.pings, before + 1)
    })
  )
})

it.effect("the application hears of captions that failed although the runner hangs up after the write", () =>
  Effect.gen(function* () {
    const { given: scene, server } = yield* given
    yield* server.transcription.transcribeVideo({ video: scene.video.id })
    const held = yield* acceptNext(server, scene.runner)
    const { around, isMade, open } = yield* afterTheWrite
    const other = yield* startProcess(server.world, { around })
    const call = yield* Effect.forkDaemon(other.jobs.error({ ...held.claim, message: "no space left" }))
    yield* until("the write was made", isMade)
    const interruption = yield* Effect.forkDaemon(Fiber.interrupt(call))
    yield* open
    yield* asTimeGoesBy(Fiber.join(interruption))
    assert.strictEqual(server.world.told.at(-1)?.hook, "transcriptionFailed")
  })
)
