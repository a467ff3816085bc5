import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aVideoId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { jobOf, jobsOf, readText, takeIn, videoOf } from "../support/actions.ts"
import { outcome, withLog } from "../support/calls.ts"
import { added, aRunningLive, liveFiles, removed, report, sessionOf, startLive, streamKey } from "../support/live.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, nobody } from "../support/Process.ts"
import { upload } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

const key = (text: string) => FileKey.make(text)

const hooksOf = (world: { readonly told: ReadonlyArray<{ readonly hook: string }> }) =>
  world.told.map(({ hook }) => hook)

describe("a live's reports", () => {
  it.effect("publish it with the last playlist that the master names, once", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* report(server, held, added(world, 0, 0))
      assert.strictEqual(videoOf(world, video).state, "WaitingForLive")
      yield* report(server, held, added(world, 1, 0))
      const running = videoOf(world, video)
      const folder = `lives/cat/live-${sessionOf(world, video).id}`
      assert.deepInclude(running, { state: "Published", playlistKey: Option.some(key(`${folder}/master.m3u8`)) })
      assert.strictEqual(sessionOf(world, video).state, "running")
      yield* report(server, held, added(world, 0, 1))
      deepStrictEqual(hooksOf(world), ["liveStarted"])
      deepStrictEqual(yield* liveFiles(world), [
        "0-000000.ts",
        "0-000001.ts",
        "0.m3u8",
        "1-000000.ts",
        "1.m3u8",
        "master.m3u8"
      ])
      assert.strictEqual(yield* readText(world, `${folder}/0-000001.ts`), "0-000001.ts")
      assert.strictEqual(jobOf(world, held.job.id).state, "Processing")
    })
  )

  it.effect("count as signs of life", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aRunningLive(server)
      const before = jobOf(server.world, held.job.id)
      yield* report(server, held, added(server.world, 0, 0))
      assert.isAbove(jobOf(server.world, held.job.id).revision, before.revision)
    })
  )

  it.effect("never put an older playlist over a newer one", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* report(server, held, added(world, 1, 2))
      yield* report(server, held, added(world, 1, 1))
      const text = yield* readText(world, `lives/cat/live-${sessionOf(world, video).id}/1.m3u8`)
      assert.include(text, "1-000002.ts")
      assert.include(yield* liveFiles(world), "1-000001.ts")
    })
  )

  it.effect("remove segments, known or not, unless a replay is wanted", () =>
    Effect.gen(function* () {
      for (const replay of [false, true]) {
        const server = yield* aProcess()
        const { world } = server
        const { held } = yield* aRunningLive(server, { replay })
        for (const number of [0, 1]) yield* report(server, held, added(world, 1, number))
        yield* report(server, held, removed(world, 1, 0, 1))
        yield* report(server, held, { type: "remove-chunk", videoChunkFilename: "1-000777.ts" })
        assert.strictEqual((yield* liveFiles(world)).includes("1-000000.ts"), replay)
      }
    })
  )

  it.effect("are refused whole when something of them is wrong", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      const good = added(world, 0, 0)
      const foreign = upload(world, "x", new TextEncoder().encode("#EXTM3U\nhttps://example.org/x.ts\n"))
      const large = upload(world, "x", new Uint8Array(1024 ** 2 + 1))
      for (const wrong of [
        { ...good, type: "add-all" },
        { ...good, videoChunkFilename: "../x.ts" },
        { ...good, resolutionPlaylistFilename: "master.m3u8" },
        { ...good, resolutionPlaylistFile: foreign },
        { ...good, masterPlaylistFile: foreign },
        { ...good, resolutionPlaylistFile: large },
        { type: "add-chunk", videoChunkFilename: "0-000000.ts" }
      ]) {
        assert.strictEqual(yield* outcome(report(server, held, wrong)), "InvalidPayload", JSON.stringify(wrong))
      }
      deepStrictEqual(yield* liveFiles(world), [])
      assert.strictEqual(videoOf(world, video).state, "WaitingForLive")
    })
  )

  it.effect("that tell of a failure are kept without the key of the stream", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      const message = `ffmpeg: rtmp://media.example:1935/live/${streamKey}: refused (${streamKey})`
      const [, log] = yield* withLog(server.jobs.error({ ...held.claim, caller: nobody, message }))
      const seen = JSON.stringify([jobOf(world, held.job.id).error, sessionOf(world, video), world.told])
      assert.notInclude(`${seen}${log}`, streamKey)
      assert.include(seen, "ffmpeg: …: refused (…)")
    })
  )
})

describe("stopLive", () => {
  it.effect("ends at once what no runner plays yet", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const video = yield* startLive(server)
      yield* server.lives.stopLive(video.id)
      yield* server.lives.stopLive(video.id)
      deepStrictEqual(
        jobsOf(world).map(({ state }) => state),
        ["Cancelled"]
      )
      assert.deepInclude(videoOf(world, video), { state: "LiveEnded" })
      assert.isTrue(Option.isSome(videoOf(world, video).endedAt))
      assert.deepInclude(sessionOf(world, video), { state: "ended", error: Option.none() })
      deepStrictEqual(hooksOf(world), ["liveEnded", "transcodingEnded"])
    })
  )

  it.effect("tells the runner with its next report, and the live ends with its success", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      for (const variant of [0, 1]) yield* report(server, held, added(world, variant, 0))
      yield* server.lives.stopLive(video.id)
      assert.strictEqual(sessionOf(world, video).state, "stopping")
      assert.strictEqual(yield* outcome(report(server, held, added(world, 0, 1))), "JobNotProcessing")
      assert.notInclude(yield* liveFiles(world), "0-000001.ts")
      yield* server.jobs.success({ ...held.claim, payload: undefined, release: Effect.void })
      assert.strictEqual(jobOf(world, held.job.id).state, "Completed")
      assert.deepInclude(videoOf(world, video), { state: "LiveEnded", playlistKey: Option.none() })
      assert.deepInclude(sessionOf(world, video), { state: "ended", error: Option.none() })
      deepStrictEqual(hooksOf(world), ["liveStarted", "liveEnded", "transcodingEnded"])
    })
  )

  it.effect("writes nothing when the live is being stopped or has ended", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const waiting = yield* startLive(server)
      yield* server.lives.stopLive(waiting.id)
      const { held, video: running } = yield* aRunningLive(server)
      yield* server.lives.stopLive(running.id)
      const before = [waiting, running].map((video) => videoOf(world, video))
      for (const { id } of before) yield* server.lives.stopLive(id)
      deepStrictEqual(
        [waiting, running].map((video) => videoOf(world, video)),
        before
      )
      assert.strictEqual(jobOf(world, held.job.id).state, "Processing")
    })
  )

  it.effect("stops a live that begins to be watchable at the same moment", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { world } = server
      const { held, video } = yield* aRunningLive(server)
      yield* report(server, held, added(world, 0, 0))
      meanwhile.before("VideoStore.save", report(server, held, added(world, 1, 0)))
      yield* asTimeGoesBy(server.lives.stopLive(video.id))
      deepStrictEqual(hooksOf(world), ["liveStarted"])
      assert.strictEqual(sessionOf(world, video).state, "stopping")
    })
  )

  it.effect("is for lives", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { id } = yield* takeIn(server)
      assert.strictEqual(yield* outcome(server.lives.stopLive(id)), "InvalidRequest")
      assert.strictEqual(yield* outcome(server.lives.stopLive(aVideoId())), "UnknownVideo")
    })
  )
})
