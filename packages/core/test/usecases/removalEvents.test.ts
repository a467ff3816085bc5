import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Fiber } from "effect"
import * as EventCursor from "../../src/domain/event/EventCursor.ts"
import type { VideoId } from "../../src/domain/Ids.ts"
import { EventStore } from "../../src/ports/EventStore.ts"
import { until } from "../../src/testing/eventually.ts"
import { acceptNext, register, succeed, takeIn } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { aRunningLive } from "../support/live.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

const settings = { resolutions: [240, 360] as const }

/** The types of all events so far. */
const typesOf = ({ ports }: World) =>
  Effect.map(Context.get(ports, EventStore).after(EventCursor.start, 1000), (events) => events.map(({ type }) => type))

/** Videos with work in progress. */
const videos: Readonly<Record<string, (server: Process) => Effect.Effect<{ readonly id: VideoId }, unknown>>> = {
  "with pending jobs": (server) => takeIn(server, { settings }),
  "that can be played": (server) =>
    Effect.gen(function* () {
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* acceptNext(server, runner)
      return video
    }),
  "with captions on the way": (server) =>
    Effect.gen(function* () {
      const video = yield* takeIn(server, { settings })
      yield* server.transcription.transcribeVideo({ video: video.id })
      return video
    }),
  "that is a running live": (server) => Effect.map(aRunningLive(server, { replay: true }), ({ video }) => video)
}

describe("the removal of a video", () => {
  for (const [kind, make] of Object.entries(videos)) {
    it.effect(`${kind} is its last event, and has no outcome`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        const { world } = server
        const { id } = yield* make(server)
        const before = (yield* typesOf(world)).length
        yield* server.removal.removeVideo(id)
        yield* server.upkeep
        const after = (yield* typesOf(world)).slice(before)
        deepStrictEqual(
          after.filter((type) => type !== "job.cancelled"),
          ["video.deleted"]
        )
      })
    )
  }

  it.effect("gives no outcome to another server that finalizes the video meanwhile", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("VideoStore.remove")
      const server = yield* aProcess(gate)
      const other = yield* startProcess(server.world)
      const { id } = yield* takeIn(server, { settings })
      const removal = yield* Effect.fork(server.removal.removeVideo(id))
      yield* asTimeGoesBy(until("the files are removed", () => gate.waiting() === 1))
      yield* other.upkeep
      yield* gate.open
      yield* asTimeGoesBy(Fiber.join(removal))
      const ends = (yield* typesOf(server.world)).filter((type) => type.startsWith("video."))
      deepStrictEqual(ends, ["video.created", "video.deleted"])
    })
  )
})
