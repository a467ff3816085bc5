import { basename } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Array as Arr, Effect, Fiber, Option, Schedule } from "effect"
import type { Video } from "../support/Api.ts"
import { Engine, makeClip } from "../support/clips.ts"
import { until } from "../support/waiting.ts"
import { temporaryFolder } from "../support/workspace.ts"
import { startCluster } from "./support/cluster.ts"

const VIDEOS = 40

type Cluster = Effect.Effect.Success<typeof startCluster>

/** Uploads until a server answers, like a person who tries again. A lost answer can leave a second video. */
const upload = ({ admin }: Cluster, clip: string) =>
  Effect.suspend(() => admin.upload(clip)).pipe(
    Effect.catchAllDefect(() => Effect.fail("the upload failed")),
    Effect.retry({ times: 60, schedule: Schedule.spaced("500 millis") })
  )

/** Kills everything once while videos arrive, and prints how long each part needed to work again. */
const disturb = (cluster: Cluster) =>
  Effect.gen(function* () {
    const { crashPostgres, redis, s3, servers } = cluster
    const times: Array<readonly [what: string, milliseconds: number]> = []
    for (const [index, server] of servers.entries()) {
      yield* Effect.sleep("3 seconds")
      times.push([`server ${index + 1} killed`, yield* server.crash])
    }
    yield* Effect.sleep("2 seconds")
    times.push(["PostgreSQL killed", yield* crashPostgres])
    yield* redis.kill
    yield* Effect.sleep("5 seconds")
    times.push(["Redis started again", yield* redis.restart])
    let refused = 0
    s3.set(() => {
      refused += 1
      return { _tag: "Refuse", status: 503, code: "ServiceUnavailable" }
    })
    yield* Effect.sleep("10 seconds")
    s3.set(() => undefined)
    times.push(["S3 requests refused in 10 s", refused])
    return times
  })

const isDone = ({ jobs }: Video): boolean => jobs.length > 0 && jobs.every(({ state }) => state.label === "Completed")

/** Published once, by one successful attempt of each job. */
const assertOnce = (video: Video): void => {
  const shown = JSON.stringify(video, null, 1)
  assert.strictEqual(video.state.label, "Published", shown)
  deepStrictEqual(
    video.files.map(({ resolution }) => resolution),
    [144],
    shown
  )
  for (const { attempts } of video.jobs) {
    assert.lengthOf(
      attempts.filter(({ outcome }) => outcome === "completed"),
      1,
      shown
    )
  }
}

/** Each object of the bucket belongs to a video. */
const assertNothingElse = ({ bucket, query }: Cluster, videos: ReadonlyArray<Video>) =>
  Effect.gen(function* () {
    const sources = yield* query<{ key: string }>("SELECT source_key AS key FROM runner_connector.video")
    const results = videos.flatMap(({ files, playlistUrl, thumbnailUrl }) =>
      // A video has no thumbnail when its source could not be read at that moment.
      [
        playlistUrl,
        ...(thumbnailUrl === null ? [] : [thumbnailUrl]),
        ...files.flatMap(({ playlistUrl, url }) => [playlistUrl, url])
      ].map((url) => basename(new URL(String(url)).pathname))
    )
    const known = new Set([...results, ...sources.map(({ key }) => basename(key))])
    const unknown = Effect.gen(function* () {
      const keys = (yield* bucket.keys).filter((key) => !known.has(basename(key)))
      return { keys, uploads: keys.length === 0 ? [] : yield* query("SELECT * FROM runner_connector.upload") }
    })
    yield* until("unknown objects are deleted", unknown, ({ keys }) => keys.length === 0)
    // Sources share a name, each in a folder of its own.
    assert.lengthOf(yield* bucket.keys, results.length + sources.length)
    deepStrictEqual(yield* bucket.unfinished, [])
  })

/** Every event reached the receiver, each under its own id. */
const assertDelivered = ({ query, webhooks }: Cluster, videos: ReadonlyArray<Video>) =>
  Effect.gen(function* () {
    const rows = yield* query<{ id: string; type: string; video_id: string | null }>(
      "SELECT id, type, video_id FROM runner_connector.event"
    )
    const isReceived = Effect.map(webhooks.received, (all) => {
      const ids = new Set(all.map(({ id }) => id))
      return rows.filter(({ id }) => !ids.has(id)).length
    })
    yield* until("every event is delivered", isReceived, (missing) => missing === 0)
    for (const { uuid } of videos) {
      const ended = rows.filter(({ type, video_id }) => type === "video.completed" && video_id === uuid)
      assert.lengthOf(ended, 1, `${uuid} was completed once`)
    }
    return { events: rows.length, deliveries: (yield* webhooks.received).length }
  })

it.scopedLive(
  "three servers with different clocks complete forty videos while every part is killed once",
  () =>
    Effect.gen(function* () {
      const cluster = yield* startCluster
      const clip = yield* makeClip(yield* temporaryFolder, "clip.mp4", { size: "256x144", seconds: 2 })
      const began = performance.now()
      const trouble = yield* Effect.fork(disturb(cluster))
      yield* Effect.forEach(Arr.range(1, VIDEOS), () => Effect.delay(upload(cluster, clip), "700 millis"), {
        discard: true
      })
      const times = yield* Fiber.join(trouble)
      const all = Effect.suspend(() => cluster.admin.videos).pipe(
        Effect.catchAllDefect(() => Effect.succeed({ total: 0, data: [] as ReadonlyArray<Video> }))
      )
      const isFinished = ({ data }: { readonly data: ReadonlyArray<Video> }) =>
        data.length >= VIDEOS && data.every(isDone)
      const { data } = yield* until("all videos are done", all, isFinished, 240)
      const seconds = Math.round((performance.now() - began) / 1000)
      for (const video of data) assertOnce(video)
      const delivered = yield* assertDelivered(cluster, data)
      yield* assertNothingElse(cluster, data)
      const attempts = data.flatMap(({ jobs }) => jobs.flatMap((job) => job.attempts))
      const outcomes = Arr.groupBy(attempts, ({ outcome }) =>
        Option.getOrElse(Option.fromNullable(outcome), () => "open")
      )
      console.log(
        JSON.stringify(
          {
            videos: data.length,
            seconds,
            attempts: Object.fromEntries(Object.entries(outcomes).map(([name, list]) => [name, list.length])),
            ...delivered,
            recovery: Object.fromEntries(times)
          },
          null,
          1
        )
      )
    }).pipe(Effect.provide(Engine)),
  600_000
)
