import { basename, join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { api, assertPublished, request, type Video } from "./support/Api.ts"
import { Engine } from "./support/clips.ts"
import {
  Crashes,
  crashDuring,
  type Moment,
  nameOf,
  RESOLUTION,
  type VideoJob,
  layer as world
} from "./support/crashes.ts"
import { until } from "./support/waiting.ts"
import { filesBelow } from "./support/workspace.ts"

const client = Effect.map(Crashes, ({ server }) => api(server().url))
const videos = Effect.flatMap(client, (one) => one.videos)

const stateOf = ({ video }: VideoJob) =>
  Effect.map(
    Effect.flatMap(client, (one) => one.video(video)),
    ({ jobs }) => jobs[0]?.state.label
  )

/** Confirmed requests persist. Unconfirmed ones are complete or absent. A runner without an answer retries. */
const killed = (moment: Moment) =>
  Effect.gen(function* () {
    const { prepare, result, runner } = yield* Crashes
    const { done, held, messages, open } = yield* prepare
    const before = (yield* videos).total
    const { accept, success, upload } = yield* crashDuring(messages, moment)
    const isPart = "body" in moment
    if (isPart) deepStrictEqual([upload, accept, success], [undefined, undefined, undefined])

    const more = (yield* videos).total - before
    if (upload === undefined) assert.oneOf(more, isPart ? [0] : [0, 1])
    else deepStrictEqual([upload.status, more], [200, 1])

    if (accept !== undefined) assert.strictEqual(accept.status, 200)
    const mayBe = isPart ? ["Pending"] : accept === undefined ? ["Pending", "Processing"] : ["Processing"]
    assert.oneOf(yield* stateOf(open), mayBe)

    const found = yield* stateOf(done)
    if (success !== undefined) deepStrictEqual([success.status, found], [204, "Completed"])
    const again = yield* runner.succeed(held, result)
    if (isPart) assert.strictEqual(again?.status, 204)
    assert.oneOf(again?.status, found === "Completed" ? [400] : [204, 400, 404])
  })

/** Does all available jobs until no video waits for any. */
const workOff = Effect.gen(function* () {
  const { result, runner, runnerToken } = yield* Crashes
  const step = Effect.gen(function* () {
    for (const { uuid } of yield* runner.request(runnerToken)) {
      const job = yield* runner.accept(uuid, runnerToken)
      assert.strictEqual((yield* runner.succeed(job, result))?.status, 204)
    }
    return (yield* videos).data
  })
  const isDone = ({ jobs }: Video) => jobs.every(({ state }) => state.label === "Completed")
  return yield* until("all jobs are done", step, (all) => all.every(isDone))
})

/** Storing a result changes only the boxes before the media data, without moving it. */
const isSameMedia = (stored: Buffer, made: Uint8Array): boolean =>
  stored.length === made.length &&
  stored.subarray(stored.lastIndexOf("mdat")).equals(made.subarray(Buffer.from(made).lastIndexOf("mdat")))

/** Asserts that all published files of a video exist, complete and unchanged. */
const assertWhole = (video: Video) =>
  Effect.gen(function* () {
    const { result } = yield* Crashes
    assertPublished(video, [RESOLUTION])
    const [file] = video.files
    const [made] = result
    const stored = yield* request(String(file?.url))
    assert.isTrue(made !== undefined && "bytes" in made && isSameMedia(stored.bytes, made.bytes))
    assert.strictEqual(file?.size, stored.bytes.length)
    const picture = yield* request(String(video.thumbnailUrl))
    assert.strictEqual(picture.bytes.subarray(-2).toString("hex"), "ffd9", "the end of a JPEG")
    for (const url of [video.playlistUrl, file?.playlistUrl]) {
      const lines = (yield* request(String(url))).text.split("\n")
      const named = lines.filter((line) => line !== "" && !line.startsWith("#"))
      assert.strictEqual(named.length, 1)
      for (const name of named) assert.strictEqual((yield* request(new URL(name, String(url)).href)).status, 200)
    }
  })

const namesOf = ({ files, playlistUrl, thumbnailUrl }: Video): ReadonlyArray<string> =>
  [thumbnailUrl, playlistUrl, ...files.flatMap((file) => [file.url, file.playlistUrl])].map((url) =>
    basename(new URL(String(url)).pathname)
  )

/** Asserts that besides published files there is one source per video, and nothing of interrupted uploads. */
const assertNothingElse = (all: ReadonlyArray<Video>) =>
  Effect.gen(function* () {
    const { clip, dataDir } = yield* Crashes
    const known = new Set(all.flatMap(namesOf))
    const others = Effect.map(filesBelow(join(dataDir, "storage")), (files) =>
      files.filter(([name]) => !known.has(basename(name)))
    )
    const isSource = ([name, size]: readonly [string, number]) => name.startsWith("uploads/") && size === clip.length
    // Temporary files of dead processes are kept for an hour.
    const stored = Effect.map(others, (files) => files.filter(([name]) => !name.startsWith(".tmp/")))
    const left = yield* until(
      "what was replaced or interrupted is gone",
      stored,
      (files) => files.every(isSource) && files.length === all.length
    )
    assert.lengthOf(left, all.length)
  })

const moments: ReadonlyArray<Moment> = [{ body: 0.6 }, ...[0.1, 0.3, 0.5, 0.7, 0.9, 1.2].map((time) => ({ time }))]

layer(Layer.provideMerge(world, Engine), { excludeTestServices: true, timeout: "5 minutes" })(
  "a server that is killed during an upload, an accept and a success at once, and started again",
  (it) => {
    for (const moment of moments) {
      it.effect(
        `${nameOf(moment)}: keeps confirmed requests, and others completely or not at all`,
        () => killed(moment),
        300_000
      )
    }

    it.effect(
      "loses no job, publishes none twice, and serves no partial file",
      () =>
        Effect.gen(function* () {
          const { crash } = yield* Crashes
          // The next server soon takes back the jobs of runners that never learned of their leases.
          yield* crash({ RUNNER_VOD_SILENCE: "10 seconds" })
          const all = yield* workOff
          assert.isAtLeast(all.length, 3 + 2 * moments.length)
          for (const video of all) yield* assertWhole(video)
          for (const { jobs } of all) assert.strictEqual(jobs[0]?.failures, 0)
          yield* assertNothingElse(all)
        }),
      300_000
    )
  }
)
