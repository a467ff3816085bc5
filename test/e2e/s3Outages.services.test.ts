import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { faultProxy } from "../services/faultProxy.ts"
import { sharedRadosgw } from "../services/sharedRadosgw.ts"
import { api, assertPublished } from "./support/Api.ts"
import { Engine, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { play } from "./support/playback.ts"
import { newBucket } from "./support/s3.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const OUTAGE = 10_000

it.scopedLive(
  "a video survives ten seconds of 503 while its results are stored, without a failed attempt",
  () =>
    Effect.gen(function* () {
      const proxy = yield* faultProxy(sharedRadosgw().endpoint)
      const bucket = yield* newBucket(proxy.url)
      const folder = yield* temporaryFolder
      const env = { ...bucket.env, TRANSCODING_RESOLUTIONS_480P: "false", TRANSCODING_RESOLUTIONS_720P: "false" }
      const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port: yield* freePort, env })
      const clip = yield* makeClip(folder, "clip.mp4", { size: "640x360", seconds: 2 })
      const { uuid } = yield* api(server.url).upload(clip)
      let begun = 0
      let refused = 0
      proxy.set(({ method, url }) => {
        if (begun === 0 && method === "PUT" && url?.includes("-fragmented.mp4")) begun = Date.now()
        if (begun === 0 || Date.now() > begun + OUTAGE) return undefined
        refused += 1
        return { _tag: "Refuse", status: 503, code: "SlowDown" }
      })
      const video = yield* api(server.url).settled(uuid)
      assert.isAbove(refused, 1)
      assertPublished(video, [360])
      deepStrictEqual(
        video.jobs.map(({ attempts, failures }) => [attempts.length, failures]),
        [[1, 0]]
      )
      yield* play(String(video.playlistUrl))
      deepStrictEqual(yield* bucket.unfinished, [])
    }).pipe(Effect.provide(Engine)),
  300_000
)
