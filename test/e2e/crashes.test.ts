import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api, assertPublished, request, type Video } from "./support/Api.ts"
import { Engine, fixture } from "./support/clips.ts"
import * as Crashes from "./support/crashes.ts"
import { dial } from "./support/rawTcp.ts"
import { formMessage, message, type Part, recordedRunners } from "./support/recordedRunners.ts"
import { makeRendition } from "./support/rendition.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const CLIP = fixture("moov-last.mp4")
const RESOLUTION = 180

interface Scene extends Crashes.Crashes {
  readonly clip: Buffer
  readonly result: ReadonlyArray<Part>
  readonly storage: string
}

class World extends Context.Tag("World")<World, Scene>() {}

const world = Layer.scoped(
  World,
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const crashes = yield* Crashes.make(dataDir, yield* freePort)
    const clip = yield* Effect.promise(() => readFile(CLIP))
    const result = yield* makeRendition(clip, RESOLUTION)
    return { ...crashes, clip, result, storage: join(dataDir, "storage") }
  })
)

/** When to kill: after part of a body, or so many milliseconds after its last byte. */
type Moment = { readonly share: number } | { readonly after: number }

const nameOf = (moment: Moment): string =>
  "share" in moment ? `when ${100 * moment.share} % of it have come` : `${moment.after} ms after its last byte`

/** Sends as much of the message as there is time for, and crashes the server then. */
const crashAt = (bytes: Buffer, moment: Moment) =>
  Effect.gen(function* () {
    const { crash, port, server } = yield* World
    const connection = yield* dial(port)
    const sent = "share" in moment ? bytes.subarray(0, Math.floor(bytes.length * moment.share)) : bytes
    yield* connection.write(sent)
    if ("after" in moment) yield* Effect.sleep(moment.after)
    else {
      const spool = filesBelow(join(server().dataDir, "spool"))
      yield* until("some of it is on the disk", spool, (files) => files.some(([, size]) => size > 0))
    }
    yield* crash
  }).pipe(Effect.scoped)

const client = Effect.map(World, ({ server }) => api(server().url))

const upload = Effect.flatMap(client, ({ upload }) => upload(CLIP))

/** A job of a new video, taken by the runner. */
const takeNew = Effect.gen(function* () {
  const { runner, runnerToken } = yield* World
  const { uuid } = yield* upload
  const [job] = (yield* (yield* client).video(uuid)).jobs
  assert.isDefined(job)
  return { uuid, job: yield* runner.accept(job.uuid, runnerToken) }
})

const waiting = Effect.flatMap(World, ({ runner, runnerToken }) => runner.request(runnerToken))

/** Does all jobs that are on offer, one after the other, until no video waits for any. */
const workOff = Effect.gen(function* () {
  const { result, runner, runnerToken } = yield* World
  const { videos } = yield* client
  const step = Effect.gen(function* () {
    for (const { uuid } of yield* waiting) {
      const job = yield* runner.accept(uuid, runnerToken)
      assert.strictEqual((yield* runner.succeed(job, result))?.status, 204)
    }
    return yield* videos
  })
  const isDone = ({ jobs }: Video) => jobs.every(({ state }) => state.label === "Completed")
  return (yield* until("all jobs are done", step, ({ data }) => data.every(isDone))).data
})

const keyOf = (url: string | null): string => decodeURIComponent(new URL(String(url)).pathname.replace("/storage/", ""))

const keysOf = (video: Video): ReadonlyArray<string> =>
  [video.thumbnailUrl, video.playlistUrl, ...video.files.flatMap((file) => [file.url, file.playlistUrl])].map(keyOf)

/** All that a video shows is there, whole, and what the runner made. */
const assertWhole = (video: Video) =>
  Effect.gen(function* () {
    const { result } = yield* World
    assertPublished(video, [RESOLUTION])
    const [file] = video.files
    const [made] = result
    const stored = yield* request(String(file?.url))
    assert.isTrue(made !== undefined && "bytes" in made && stored.bytes.equals(made.bytes))
    assert.strictEqual(file?.size, stored.bytes.length)
    for (const url of [video.playlistUrl, file?.playlistUrl]) {
      const playlist = yield* request(String(url))
      assert.match(playlist.text, /^#EXTM3U\n/)
      const named = playlist.text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
      for (const name of named) assert.strictEqual((yield* request(new URL(name, String(url)).href)).status, 200)
    }
  })

layer(Layer.provideMerge(world, Engine), { excludeTestServices: true, timeout: "120 seconds" })(
  "a server that is killed",
  (it) => {
    const uploads: ReadonlyArray<Moment> = [{ share: 0.6 }, { after: 0 }, { after: 60 }, { after: 160 }]
    for (const moment of uploads) {
      it.effect(
        `during an upload, ${nameOf(moment)}`,
        () =>
          Effect.gen(function* () {
            const { clip, port } = yield* World
            const [runner] = recordedRunners
            assert.isDefined(runner)
            const part = { name: "videoFile", filename: "clip.mp4", type: "video/mp4", bytes: clip }
            yield* crashAt(formMessage(runner, "/videos/upload", `127.0.0.1:${port}`, [part]), moment)
            const { data } = yield* (yield* client).videos
            console.log("upload", nameOf(moment), data.length)
          }),
        30_000
      )
    }

    for (const after of [0, 8, 25]) {
      it.effect(
        `during an accept, ${nameOf({ after })}`,
        () =>
          Effect.gen(function* () {
            const { port, runnerToken } = yield* World
            const { uuid } = yield* upload
            const [job] = (yield* (yield* client).video(uuid)).jobs
            const body = Buffer.from(JSON.stringify({ runnerToken }))
            const headers = [
              `Host: 127.0.0.1:${port}`,
              "Content-Type: application/json",
              `Content-Length: ${body.length}`
            ]
            yield* crashAt(message(`POST /api/v1/runners/jobs/${job?.uuid}/accept HTTP/1.1`, headers, body), { after })
            const [found] = (yield* (yield* client).video(uuid)).jobs
            console.log("accept", after, found?.state.label)
          }),
        30_000
      )
    }

    const successes: ReadonlyArray<Moment> = [
      { share: 0.3 },
      { share: 0.9 },
      ...[0, 15, 40, 80, 150].map((after) => ({ after }))
    ]
    for (const moment of successes) {
      it.effect(
        `during a success, ${nameOf(moment)}`,
        () =>
          Effect.gen(function* () {
            const { result, runner } = yield* World
            const { job, uuid } = yield* takeNew
            yield* crashAt(runner.successMessage(job, result), moment)
            const [found] = (yield* (yield* client).video(uuid)).jobs
            console.log("success", nameOf(moment), found?.state.label)
            const again = yield* runner.succeed(job, result)
            console.log("again", again?.status, again?.text)
          }),
        30_000
      )
    }

    it.effect(
      "loses no job and publishes none twice",
      () =>
        Effect.gen(function* () {
          const { clip, server, storage } = yield* World
          const videos = yield* workOff
          for (const video of videos) yield* assertWhole(video)
          const known = new Set(videos.flatMap(keysOf))
          console.log(videos.map((v) => v.jobs.map((j) => j.failures).join()))
          const files = yield* until("retired files are gone", filesBelow(storage), (files) => files.length > 0)
          console.log(files.filter(([name]) => !known.has(name)))
          console.log(yield* filesBelow(join(server().dataDir, "spool")))
          void clip
        }),
      60_000
    )
  }
)
