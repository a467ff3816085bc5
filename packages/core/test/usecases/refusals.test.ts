import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, Stream } from "effect"
import { UploadError, UploadedFile } from "../../src/jobs/UploadedFile.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, jobOf, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { withLog } from "../support/calls.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess } from "../support/Process.ts"
import { aResult, type Result } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

const name = Media.mediaName(360)
const good = { width: 640, height: 360 }

const withMedia = (bytes: Uint8Array) => (world: World) => aResult(world, 360, { media: bytes })
const withPlaylist = (change: (text: string) => string) => (world: World) =>
  aResult(world, 360, { playlist: change(Media.aPlaylist(name)) })

const missingVideo = (world: World): Result => {
  const result = aResult(world, 360)
  world.disk.delete(result.payload.videoFile.path)
  return result
}

const withPlaylistFile =
  (change: Partial<UploadedFile>) =>
  (world: World): Result => {
    const result = aResult(world, 360)
    const file = new UploadedFile({ ...result.payload.resolutionPlaylistFile, ...change })
    return { ...result, payload: { ...result.payload, resolutionPlaylistFile: file } }
  }

interface Refusal {
  readonly name: string
  readonly result: (world: World) => Result
  readonly reason: RegExp
}

const refusals: ReadonlyArray<Refusal> = [
  { name: "is no media", result: withMedia(Media.unreadable("The file ends early.")), reason: /The file ends early/ },
  { name: "is empty", result: withMedia(new Uint8Array()), reason: /empty/ },
  {
    name: "has the wrong size",
    result: withMedia(Media.aVideo({ ...good, height: 300 })),
    reason: /640x300 although 360p/
  },
  {
    name: "is too short",
    result: withMedia(Media.aVideo({ ...good, seconds: 50 })),
    reason: /lasts 50 s although .* 60 s/
  },
  { name: "is sound alone", result: withMedia(Media.anAudioFile()), reason: /no video although 360p/ },
  { name: "is gone from the disk", result: missingVideo, reason: /media probe failed/ },
  {
    name: "has a playlist with an address",
    result: withPlaylist((text) => text.replaceAll(name, `https://elsewhere.example/${name}`)),
    reason: /refers to/
  },
  {
    name: "has a playlist with a path",
    result: withPlaylist((text) => text.replaceAll(name, `../other/${name}`)),
    reason: /refers to/
  },
  {
    name: "has a playlist with another file",
    result: withPlaylist((text) => text.replaceAll(name, "init.mp4")),
    reason: /refers to .*init\.mp4/
  },
  {
    name: "has a playlist that does not end",
    result: withPlaylist((text) => text.replace("#EXT-X-ENDLIST\n", "")),
    reason: /does not end/
  },
  {
    name: "has a playlist beyond the end of the file",
    result: withPlaylist((text) => text.replace("30@70", "999999@70")),
    reason: /byte range/
  },
  {
    name: "has a playlist with a key",
    result: withPlaylist((text) => text.replace("#EXTINF", '#EXT-X-KEY:METHOD=AES-128,URI="data:,x"\n#EXTINF')),
    reason: /EXT-X-KEY/
  },
  {
    name: "has an endless playlist",
    result: withPlaylistFile({ size: 17 * 1024 ** 2 }),
    reason: /playlist is far too large/
  },
  {
    name: "has a playlist that cannot be read back",
    result: withPlaylistFile({ content: Stream.fail(new UploadError({ cause: new Error("EIO") })) }),
    reason: /could not be read back/
  }
]

describe("a result is refused, the job goes to the next runner, and nothing is stored, when it", () => {
  for (const { name: title, reason, result: make } of refusals) {
    it.effect(title, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        const { world } = server
        const runner = yield* register(server)
        const video = yield* takeIn(server, { settings: { resolutions: [360] } })
        const before = yield* world.files
        const held = yield* acceptNext(server, runner)
        const pings = world.pings
        const result = make(world)
        const [, log] = yield* withLog(asTimeGoesBy(succeed(server, held, result)))
        const job = jobOf(world, held.job.id)
        deepStrictEqual([job.state, job.failures], ["Pending", 1])
        assert.match(log, reason)
        assert.strictEqual(world.pings, pings + 1)
        deepStrictEqual(yield* world.files, before)
        deepStrictEqual(world.masters, [])
        deepStrictEqual(world.told, [])
        assert.strictEqual(videoOf(world, video).state, "ToTranscode")
        assert.strictEqual(result.released(), 1)
      })
    )
  }
})

it.effect("the fifth refusal is the last, says why, and ends the video", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { world } = server
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360] } })
    const before = yield* world.files
    for (const duration of [50, 40, 30, 20, 10]) {
      const bad = aResult(world, 360, { media: Media.aVideo({ ...good, seconds: duration }) })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner), bad))
    }
    const [job] = [...world.state.jobs.values()]
    assert.isDefined(job)
    assert.strictEqual(job.state, "Errored")
    deepStrictEqual(
      job.error,
      Option.some("The result lasts 10 s although the source lasts 60 s. (runner gpu-1, version 0.4.0)")
    )
    assert.strictEqual(videoOf(world, video).state, "TranscodingFailed")
    deepStrictEqual(
      world.told.map(({ hook, state }) => [hook, state]),
      [["transcodingEnded", "TranscodingFailed"]]
    )
    deepStrictEqual(yield* world.files, before)
    yield* assertConsistent(world)
  })
)

it.effect("three equal refusals end the job, of one runner or several", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { world } = server
    const first = yield* register(server)
    const bring = (runner: typeof first) =>
      Effect.gen(function* () {
        const held = yield* acceptNext(server, runner)
        yield* asTimeGoesBy(
          succeed(server, held, aResult(world, 360, { media: Media.aVideo({ height: 480, width: 854 }) }))
        )
        return jobOf(world, held.job.id).state
      })
    yield* takeIn(server, { settings: { resolutions: [360] } })
    const ofOne = yield* Effect.forEach([first, first, first], bring)
    deepStrictEqual(ofOne, ["Pending", "Pending", "Errored"])
    yield* takeIn(server, { settings: { resolutions: [360] } })
    const others = [yield* register(server, "gpu-2"), yield* register(server, "gpu-3")]
    deepStrictEqual(yield* Effect.forEach([first, ...others], bring), ["Pending", "Pending", "Errored"])
  })
)

it.effect("a second result of the same duration is accepted: the source was misjudged", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { world } = server
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360, 480] } })
    for (const [resolution, duration] of [
      [360, 20],
      [360, 20.3],
      [480, 20.2]
    ] as const) {
      const made = Media.aVideo({ height: resolution, width: Math.round((resolution * 16) / 9), seconds: duration })
      const result = aResult(world, resolution, {
        media: made,
        playlist: Media.aPlaylist(Media.mediaName(resolution)).replace("56.0", "16.0")
      })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner), result))
    }
    const after = videoOf(world, video)
    deepStrictEqual(
      [...world.state.jobs.values()].map(({ state }) => state),
      ["Completed", "Completed"]
    )
    deepStrictEqual(after.source.duration, Option.some(20.3))
    assert.strictEqual(after.state, "Published")
  })
)

it.effect("a pixel of difference, and a second, are no reason", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360] } })
    const nearly = Media.aVideo({ width: 642, height: 362, seconds: 61 })
    const result = aResult(server.world, 360, { media: nearly })
    yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner), result))
    assert.strictEqual(videoOf(server.world, video).files[0]?.resolution, 362)
  })
)
