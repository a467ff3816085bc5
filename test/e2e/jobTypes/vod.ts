import { copyFile, mkdir, rename } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { request, type Video } from "../support/Api.ts"
import { fixture } from "../support/clips.ts"
import { hasNative, playUrl, probeUrl, tracksOf } from "../support/native.ts"
import { assertPicture } from "../support/picture.ts"
import { decodeUrl, play } from "../support/playback.ts"
import { until } from "../support/waiting.ts"
import { type Cases, finished, gone, post, Works, workOf } from "./works.ts"

interface Watched {
  /** In the format of `tracksOf`. */
  readonly tracks: ReadonlyArray<string>
  readonly seconds: number
}

/** Reads the master playlist like a player, and plays everything to its end. */
const watch = (url: string): Effect.Effect<Watched> =>
  Effect.gen(function* () {
    const report = yield* probeUrl(url)
    yield* playUrl(url)
    return { tracks: tracksOf(report), seconds: Number(report.format.duration) }
  })

/** The same without such a player: each rendition is fetched and decoded. */
const decodeAll = (url: string): Effect.Effect<Watched, unknown, Ffmpeg> =>
  Effect.map(play(url), (played) => ({
    tracks: played
      .flatMap(({ hasSound, height, width }) => [
        ...(height > 0 ? [`video ${width}x${height}`] : []),
        ...(hasSound ? ["audio"] : [])
      ])
      .sort(),
    seconds: Math.max(...played.map(({ decoded }) => decoded))
  }))

/**
 * Asserts that all renditions of the master playlist play to their end, with these tracks and this duration in seconds.
 * Their timestamps start at about 0.1 s, which leaves room for reordered frames.
 */
export const assertPlays = (video: Video, tracks: ReadonlyArray<string>, seconds: number, within = 0.25) =>
  Effect.gen(function* () {
    const watched = yield* (hasNative ? watch : decodeAll)(String(video.playlistUrl))
    deepStrictEqual(watched.tracks, [...tracks])
    assert.closeTo(watched.seconds, seconds, within)
    assert.closeTo(Number(video.duration), seconds, within)
  })

/** The file plays during its download, because its index precedes the media data. */
const assertProgressive = (video: Video, sizes: ReadonlyArray<string>, seconds: number) =>
  Effect.gen(function* () {
    const files = [...video.webVideos].sort((a, b) => a.resolution - b.resolution)
    deepStrictEqual(
      files.map(({ height, width }) => `${width}x${height}`),
      [...sizes]
    )
    for (const { height, size, url, width } of files) {
      const { bytes, headers } = yield* request(url)
      deepStrictEqual([headers.get("content-type"), bytes.length], ["video/mp4", size])
      assert.isBelow(bytes.indexOf("moov"), bytes.indexOf("mdat"))
      const { format, streams } = yield* decodeUrl(url)
      assert.closeTo(format.duration, seconds, 0.15)
      const picture = streams.find(({ codec_type }) => codec_type === "video")
      deepStrictEqual([picture?.width, picture?.height, streams.length], [width, height, 2])
    }
  })

const hls = (...resolutions: ReadonlyArray<number>) => resolutions.map((one) => `vod-hls-transcoding ${one}`)
const web = (...resolutions: ReadonlyArray<number>) => resolutions.map((one) => `vod-web-video-transcoding ${one}`)

/** Two renditions, each with its own audio. */
const both = ["audio", "audio", "video 256x144", "video 320x180"]

/** A video with everything that a player can use. */
export const besideCase = (it: Cases): void => {
  it.effect("progressive files in addition to HLS, and a storyboard", () =>
    Effect.gen(function* () {
      const video = yield* finished("beside")
      deepStrictEqual(workOf(video), ["generate-video-storyboard", ...hls(144, 180), ...web(144, 180)])
      yield* assertPlays(video, both, 4)
      yield* assertProgressive(video, ["256x144", "320x180"], 4)

      const image = String(video.storyboard?.url)
      assert.deepInclude(yield* assertPicture(image), { width: 4 * 192, height: 108 })
      const track = yield* request(String(video.storyboard?.trackUrl))
      assert.strictEqual(track.headers.get("content-type"), "text/vtt; charset=utf-8")
      const [head, ...cues] = track.text.trim().split("\n\n")
      assert.strictEqual(head, "WEBVTT")
      deepStrictEqual(
        cues.map((cue) => cue.split("\n")),
        [0, 1, 2, 3].map((at) => [
          `00:00:0${at}.000 --> 00:00:0${at + 1}.000`,
          `${image.slice(image.lastIndexOf("/") + 1)}#xywh=${at * 192},0,192,108`
        ])
      )
    })
  )
}

const renditions = (it: Cases) => {
  it.effect("HLS with separate audio", () =>
    Effect.gen(function* () {
      const video = yield* finished("split")
      deepStrictEqual(workOf(video), hls(0, 144, 180))
      const { text } = yield* request(String(video.playlistUrl))
      assert.match(text, /#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="(\w+)".*AUDIO="\1"/s)
      yield* assertPlays(video, ["audio", "video 256x144", "video 320x180"], 2)
    })
  )

  besideCase(it)

  it.effect("only progressive files, with the source deleted afterwards", () =>
    Effect.gen(function* () {
      const video = yield* finished("alone")
      deepStrictEqual([workOf(video), video.playlistUrl, video.files], [web(144, 180), null, []])
      yield* gone("the source", (name) => name.endsWith("faststart.mp4"))
      yield* assertProgressive(video, ["256x144", "320x180"], 2)
    })
  )

  it.effect("renditions in PeerTube's order, without the source", () =>
    Effect.gen(function* () {
      const video = yield* finished("inTurn")
      deepStrictEqual([workOf(video), video.webVideos], [[...hls(144, 180), ...web(180)], []])
      const folder = new URL(String(video.playlistUrl)).pathname.split("/").at(-2)
      const isOfUse = /-fragmented\.mp4$|\.m3u8$|-thumbnail\.jpg$/
      yield* gone("what renditions were made of", (name) =>
        name.includes(`/${folder}/`) ? !isOfUse.test(name) : name.endsWith("/fragmented.mp4")
      )
      yield* assertPlays(video, both, 2)
    })
  )
}

const merges = (it: Cases) => {
  it.effect("audio with a picture", () =>
    Effect.gen(function* () {
      const video = yield* finished("pictured")
      deepStrictEqual(workOf(video), ["vod-audio-merge-transcoding 480", ...hls(0, 144, 480)])
      yield* assertPlays(video, ["audio", "video 256x144", "video 854x480"], 2.04, 0.3)
    })
  )

  it.effect("audio with a generated picture", () =>
    Effect.gen(function* () {
      const video = yield* finished("plain")
      deepStrictEqual(workOf(video), ["vod-audio-merge-transcoding 480", ...web(144)])
      yield* assertProgressive(video, ["256x144", "854x480"], 2.04)
    })
  )
}

/** Lets all runners accept jobs, or not. */
const setRunners = (state: "active" | "paused") =>
  Effect.gen(function* () {
    const { client } = yield* Works
    const { data } = JSON.parse((yield* client.send("/api/v1/runners")).text)
    for (const { id } of data as ReadonlyArray<{ readonly id: number }>) {
      const change = {
        method: "PATCH",
        body: JSON.stringify({ state }),
        headers: { "content-type": "application/json" }
      }
      const answer = yield* client.send(`/api/v1/runners/${id}`, change)
      assert.strictEqual(answer.status, 200, answer.text)
    }
  })

/** A video whose source is missing when the runner requests it. */
const withoutSource = Effect.gen(function* () {
  const { client, server } = yield* Works
  const folder = join(server.dataDir, "storage", "mine")
  const [path, away] = [join(folder, "clip.mp4"), join(server.dataDir, "away.mp4")]
  yield* Effect.promise(async () => {
    await mkdir(folder, { recursive: true })
    await copyFile(fixture("moov-last.mp4"), path)
  })
  yield* setRunners("paused")
  const { video } = (yield* post("/videos/transcode", { path: "mine/clip.mp4", destination: "videos/mine" })) as {
    readonly video: { readonly uuid: string }
  }
  yield* Effect.promise(() => rename(path, away))
  yield* setRunners("active")
  const failed = yield* until("it has failed", client.video(video.uuid), ({ state }) => state.id === 7)
  yield* Effect.promise(() => rename(away, path))
  return failed
})

/** All results of a video, according to the upload's options. */
export const vodCases = (it: Cases): void => {
  renditions(it)
  merges(it)

  it.effect("retried jobs and missing renditions", () =>
    Effect.gen(function* () {
      const { client } = yield* Works
      const { jobs, state, uuid } = yield* withoutSource
      deepStrictEqual(
        [state.label, ...jobs.map((job) => job.state.label)],
        ["Transcoding failed", "Errored", "Errored"]
      )
      for (const { error } of jobs) assert.match(String(error), /404/)
      yield* post(`/jobs/${jobs[0]?.uuid}/retry`, {})
      const [first] = (yield* client.settled(uuid)).jobs
      deepStrictEqual(
        [first?.state.label, first?.failures, first?.attempts.map(({ outcome }) => outcome)],
        ["Completed", 0, ["failed", "completed"]]
      )
      const made = (yield* post(`/videos/${uuid}/renditions`, {})) as { readonly jobs: ReadonlyArray<unknown> }
      assert.lengthOf(made.jobs, 1)
      const video = yield* client.settled(uuid)
      deepStrictEqual([video.state.label, video.files.length, video.jobs.length], ["Published", 2, 3])
      yield* assertPlays(video, both, 2)
      deepStrictEqual(yield* post(`/videos/${uuid}/renditions`, {}), { jobs: [] })
    })
  )
}
