import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Video } from "../../src/domain/Video.ts"
import { acceptNext, jobsOf, type Registered, register, store, takeIn, videoOf } from "../support/actions.ts"
import { type Fault, faults } from "../support/faults.ts"
import { media } from "../support/media.ts"
import { goOn, type Scenario, sweep, workOnce } from "../support/sweep.ts"

interface TakenIn {
  readonly runner: Registered
  readonly video: Video
}

const takenIn: Scenario<TakenIn>["given"] = (server) =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server)
    return { runner, video }
  })

const transcoding: Scenario<TakenIn> = {
  given: takenIn,
  when: (server, { runner }) => Effect.zipRight(workOnce(server, runner), workOnce(server, runner)),
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* goOn(other, runner)
      const after = videoOf(other.world, video)
      assert.strictEqual(after.state, "Published")
      assert.deepStrictEqual(
        after.files.map(({ resolution }) => resolution),
        [360, 480]
      )
    })
}

/** One rendition is published, one is being made, one waits; and then the host does not want the video any more. */
const removal: Scenario<TakenIn> = {
  given: (server) =>
    Effect.gen(function* () {
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [240, 360, 480] } })
      yield* workOnce(server, runner)
      yield* Effect.orDie(acceptNext(server, runner))
      return { runner, video }
    }),
  when: (server, { video }) => server.removal.removeVideo(video.id),
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* Effect.catchTag(other.removal.removeVideo(video.id), "UnknownVideo", () => Effect.void)
      assert.isFalse(other.world.state.videos.has(video.id))
      yield* goOn(other, runner)
      assert.deepStrictEqual(yield* other.world.files, [])
    }).pipe(Effect.orDie)
}

/** Of these nobody can tell whether the video was taken in, so its picture may stay although it was not. */
const uncertain: ReadonlySet<Fault> = new Set(faults.slice(2))

const intake = (fault: Fault): Scenario<Registered> => ({
  given: (server) => Effect.zipRight(Effect.orDie(store(server.world, "uploads/cat.mov", media())), register(server)),
  when: (server) => takeIn(server),
  afterwards: (other, runner) =>
    Effect.gen(function* () {
      if (other.world.state.videos.size > 0) return yield* goOn(other, runner)
      assert.deepStrictEqual(jobsOf(other.world), [])
      const left = (yield* other.world.files).filter((key) => key !== "uploads/cat.mov")
      assert.isAtMost(left.length, uncertain.has(fault) ? 1 : 0, left.join())
    })
})

const table = [
  { name: "a runner makes two renditions", atLeast: 40, run: (fault: Fault) => sweep(transcoding, fault) },
  { name: "a video is removed", atLeast: 20, run: (fault: Fault) => sweep(removal, fault) },
  { name: "a video is taken in", atLeast: 5, run: (fault: Fault) => sweep(intake(fault), fault) }
]

let points = 0
afterAll(() => console.info(`Faults were injected at ${points} points.`))

for (const { atLeast, name, run } of table) {
  describe(`${name}, and each call of a port in turn`, () => {
    for (const fault of faults) {
      it.effect(fault, () =>
        Effect.gen(function* () {
          const count = yield* run(fault)
          assert.isAtLeast(count, atLeast)
          points += count
        })
      )
    }
  })
}
