import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, TestClock } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, jobsOf, type Registered, register, store, takeIn, videoOf } from "./actions.ts"
import { faults } from "./faults.ts"
import type { Row } from "./injectFaults.ts"
import { goOn, type Scenario, sweep, workOnce } from "./sweep.ts"

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

const published: Scenario<TakenIn>["afterwards"] = (other, { runner, video }) =>
  Effect.gen(function* () {
    yield* goOn(other, runner)
    const after = videoOf(other.world, video)
    assert.strictEqual(after.state, "Published")
    assert.deepStrictEqual(
      after.files.map(({ resolution }) => resolution),
      [360, 480]
    )
  })

const twoRenditions: Scenario<TakenIn> = {
  given: takenIn,
  when: (server, { runner }) => Effect.zipRight(workOnce(server, runner), workOnce(server, runner)),
  afterwards: published
}

const lastRendition: Scenario<TakenIn> = {
  given: (server) => Effect.tap(takenIn(server), ({ runner }) => workOnce(server, runner)),
  when: (server, { runner }) => workOnce(server, runner),
  afterwards: published
}

/** The first job replaces the source, the second replaces the result of the first. */
const replacements: Scenario<TakenIn> = {
  given: (server) =>
    Effect.gen(function* () {
      const runner = yield* register(server)
      const plan = { graph: "peertube", audioMerge: true, keepSource: false } as const
      const video = yield* takeIn(server, {
        source: Media.anAudioFile(),
        settings: { resolutions: [360] },
        plan
      })
      return { runner, video }
    }),
  when: twoRenditions.when,
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* goOn(other, runner)
      const { files, sourceKey, soundKey, state, webVideos } = videoOf(other.world, video)
      deepStrictEqual([state, files.length, webVideos], ["Published", 3, []])
      deepStrictEqual([sourceKey, soundKey], [Option.none(), Option.none()])
    })
}

/** One rendition is published, one is in progress, one waits. Then the host removes the video. */
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
      deepStrictEqual(yield* other.world.files, [])
    }).pipe(Effect.orDie)
}

const intake: Scenario<Registered> = {
  given: (server) =>
    Effect.zipRight(Effect.orDie(store(server.world, "uploads/cat.mov", Media.aVideo())), register(server)),
  when: (server) => takeIn(server),
  afterwards: (other, runner) =>
    Effect.gen(function* () {
      if (other.world.state.videos.size > 0) return yield* goOn(other, runner)
      deepStrictEqual(jobsOf(other.world), [])
      yield* TestClock.adjust("20 minutes")
      yield* other.upkeep
      deepStrictEqual(
        (yield* other.world.files).filter((key) => key !== "uploads/cat.mov"),
        []
      )
    })
}

/** After a single fault the server continues. After any other fault it takes no further part. */
const [fails, loses, losesTwice, ...lasting] = faults

/** A runner, its results, and videos that are added and removed. */
export const faultScenarios: ReadonlyArray<Row> = [
  {
    name: "a runner makes two renditions",
    faults: [fails, loses, losesTwice],
    quick: [loses],
    atLeast: 40,
    run: (fault, others) => sweep(twoRenditions, fault, others)
  },
  {
    name: "a runner makes the last of two renditions",
    faults: lasting,
    quick: ["sees the server die"],
    atLeast: 20,
    run: (fault, others) => sweep(lastRendition, fault, others)
  },
  {
    name: "what a result replaces is removed",
    faults: [losesTwice, "sees the server die"],
    quick: [],
    atLeast: 30,
    run: (fault, others) => sweep(replacements, fault, others)
  },
  {
    name: "a video is removed",
    faults,
    quick: [fails],
    atLeast: 20,
    run: (fault, others) => sweep(removal, fault, others)
  },
  {
    name: "a video is taken in",
    faults,
    quick: [loses, "sees the server die"],
    atLeast: 5,
    run: (fault, others) => sweep(intake, fault, others)
  }
]
