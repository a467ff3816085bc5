import { assert, it } from "@effect/vitest"
import { Transcoding, type Video } from "@runner-connector/core"
import { aVideo, TestFiles, Testing } from "@runner-connector/core/testing"
import { Effect } from "effect"

/** The application under test: it lists the videos that can be played, and how transcodings ended. */
const makeApplication = () => {
  const playable: Array<string> = []
  const ended: Array<string> = []
  const hooks = {
    videoPlayable: ({ destination }: Video.Video) => Effect.sync(() => void playable.push(destination)),
    transcodingEnded: ({ destination, state }: Video.Video) =>
      Effect.sync(() => void ended.push(`${destination}: ${state}`))
  }
  return { playable, ended, hooks }
}

it.effect("plays a video although one of its three renditions fails twice", () => {
  const application = makeApplication()
  return Effect.gen(function* () {
    const files = yield* TestFiles
    yield* files.put("uploads/cat.mov", aVideo({ width: 1920, height: 1080, seconds: 90 }))
    const { transcodeVideo } = yield* Transcoding.Transcoding
    yield* transcodeVideo({
      path: "uploads/cat.mov",
      destination: "videos/cat",
      settings: { resolutions: [360, 720, 1080] }
    })

    const runner = yield* Testing.runner()
    for (const problem of ["no space left", "killed"]) {
      yield* runner.take()
      yield* runner.fail(problem)
    }
    for (const _ of ["720p", "1080p"]) {
      yield* runner.take()
      yield* runner.succeed()
    }
    assert.deepStrictEqual(application.playable, ["videos/cat"])
    assert.deepStrictEqual(application.ended, [])

    // The backoff after two failures.
    yield* Testing.advance("30 seconds")
    yield* runner.take()
    yield* runner.succeed()
    assert.deepStrictEqual(application.ended, ["videos/cat: Published"])

    const master = (yield* files.list("videos/cat/")).findLast((key) => key.endsWith("-master.m3u8"))
    assert.match(yield* files.readText(String(master)), /RESOLUTION=640x360[\s\S]*RESOLUTION=1920x1080/)
  }).pipe(Effect.provide(Testing.layerConnector({ hooks: application.hooks })))
})
