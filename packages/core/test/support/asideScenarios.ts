import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import { type Registered, register, store, takeIn, videoOf, videosOf } from "./actions.ts"
import { type Fault, faults } from "./faults.ts"
import type { Row } from "./injectFaults.ts"
import type { Process } from "./Process.ts"
import { goOn, type Scenario, sweep, workOnce } from "./sweep.ts"

interface Published {
  readonly runner: Registered
  readonly video: Video
}

const published: Scenario<Published>["given"] = (server) =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360] } })
    yield* workOnce(server, runner)
    return { runner, video }
  })

const requestElsewhere = ({ transcription }: Process) =>
  transcription.transcribeVideo({ destination: "videos/dog", videoUrl: "https://elsewhere.example/dog.mp4" })

const captions: Scenario<Published> = {
  given: (server) =>
    Effect.tap(published(server), ({ video }) =>
      Effect.orDie(server.transcription.transcribeVideo({ video: video.id }))
    ),
  when: (server, { runner }) => workOnce(server, runner),
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* goOn(other, runner)
      assert.lengthOf(videoOf(other.world, video).captions, 1)
    })
}

const elsewhere: Scenario<Registered> = {
  given: (server) => register(server),
  when: (server) => requestElsewhere(server),
  afterwards: (other, runner) =>
    Effect.gen(function* () {
      yield* Effect.ignore(requestElsewhere(other))
      yield* goOn(other, runner)
      assert.deepStrictEqual(
        videosOf(other.world).map(({ captions, state }) => [captions.length, state]),
        [[1, "ToImport"]]
      )
    })
}

const storyboard: Scenario<Published> = {
  given: (server) =>
    Effect.tap(published(server), ({ video }) => Effect.orDie(server.storyboards.makeStoryboard(video.id))),
  when: (server, { runner }) => workOnce(server, runner),
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* goOn(other, runner)
      assert.isTrue(Option.isSome(videoOf(other.world, video).storyboard))
    })
}

const edit: Scenario<Published> = {
  given: (server) =>
    Effect.gen(function* () {
      const given = yield* published(server)
      yield* store(server.world, "tasks/intro.mp4", Media.aVideo({ seconds: 5 }))
      yield* server.editing.editVideo(given.video.id, [{ name: "add-intro", options: { file: "tasks/intro.mp4" } }])
      return given
    }).pipe(Effect.orDie),
  when: (server, { runner }) => workOnce(server, runner),
  afterwards: (other, { runner, video }) =>
    Effect.gen(function* () {
      yield* goOn(other, runner)
      const after = videoOf(other.world, video)
      assert.strictEqual(after.state, "Published")
      assert.deepStrictEqual(after.source.duration, Option.some(65))
      const files: ReadonlyArray<string> = yield* other.world.files
      assert.notInclude(files, "tasks/intro.mp4")
    })
}

const editIntoNew = ({ editing }: Process, { id }: Pick<Video, "id">) =>
  editing.editVideo(id, [{ name: "add-intro", options: { file: "tasks/intro.mp4" } }], { into: "new" })

const withIntro: Scenario<Published>["given"] = (server) =>
  Effect.tap(published(server), () => store(server.world, "tasks/intro.mp4", Media.aVideo({ seconds: 5 }))).pipe(
    Effect.orDie
  )

/** The old video is unchanged, and no new video is half finished. */
const assertApart = (other: Process, { runner, video }: Published) =>
  Effect.gen(function* () {
    const before = videoOf(other.world, video)
    yield* goOn(other, runner)
    const { revision: _, updatedAt: __, ...after } = videoOf(other.world, video)
    assert.deepInclude(before, after)
    const made = videosOf(other.world).filter(({ id }) => id !== video.id)
    assert.isAtMost(made.length, 1)
    for (const { source, state } of made) {
      assert.deepStrictEqual([state, source.duration], ["Published", Option.some(65)])
    }
    return made.length
  })

const requestNew: Scenario<Published> = {
  given: withIntro,
  when: (server, { video }) => editIntoNew(server, video),
  afterwards: (other, given) => Effect.asVoid(assertApart(other, given))
}

const resultOfNew: Scenario<Published> = {
  given: (server) => Effect.tap(withIntro(server), ({ video }) => Effect.orDie(editIntoNew(server, video))),
  when: (server, { runner }) => workOnce(server, runner),
  afterwards: (other, given) =>
    Effect.map(assertApart(other, given), (made) => assert.strictEqual(made, 1, "the new video is there"))
}

const [fails, loses] = faults
const dies: Fault = "is the last thing the server does"

const resultOf = (
  job: string,
  scenario: Scenario<Published>,
  those: ReadonlyArray<Fault>,
  quick: ReadonlyArray<Fault>
): Row => ({
  ...{ name: `the result of a job for ${job}`, faults: those, quick, atLeast: 15 },
  run: (fault, others) => sweep(scenario, fault, others)
})

/** Captions, storyboards and edits. */
export const asideScenarios: ReadonlyArray<Row> = [
  resultOf("captions", captions, [loses, dies], []),
  resultOf("a storyboard", storyboard, [dies], [dies]),
  resultOf("an edit", edit, [fails, loses, dies], []),
  resultOf("an edit into a new video", resultOfNew, [dies], []),
  {
    ...{ name: "a request for captions of a video elsewhere", faults, quick: [loses, dies], atLeast: 1 },
    run: (fault, others) => sweep(elsewhere, fault, others)
  },
  {
    ...{ name: "a request for an edit into a new video", faults, quick: [loses], atLeast: 3 },
    run: (fault, others) => sweep(requestNew, fault, others)
  }
]
