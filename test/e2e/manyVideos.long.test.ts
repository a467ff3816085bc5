import { FileSystem } from "@effect/platform"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  FileKey,
  FileStorage,
  type Ids,
  JobAdmin,
  Runners,
  Transcoding,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import { fixture, makeClip } from "./support/clips.ts"
import { Heard, layer as host } from "./support/OwnHost.ts"
import { until } from "./support/waiting.ts"
import { temporaryFolder } from "./support/workspace.ts"

/** Videos of all kinds with their expected renditions. */
const videos: ReadonlyArray<readonly [name: string, resolutions: ReadonlyArray<number>]> = [
  ["moov-last.mp4", [144, 180]],
  ["vp9-opus.webm", [144, 180]],
  ["rotated.mp4", [144, 180]],
  ["portrait.mp4", [144, 180]],
  ["hevc.mp4", [144, 180]],
  ["mpeg4.avi", [144, 180]],
  ["broadcast.ts", [144, 180]],
  ["odd-size.webm", [144, 182]],
  ["audio.mp3", [0]],
  ["drawn.mp4", [144, 240, 360]]
]

const upload = (name: string, path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const storage = yield* FileStorage.FileStorage
    const transcoding = yield* Transcoding.Transcoding
    const key = FileKey.FileKey.make(`uploads/${name}`)
    yield* storage.write(key, fs.stream(path))
    return yield* transcoding.transcodeVideo({ path: key, destination: `videos/${name}` })
  })

const uploadAll = Effect.gen(function* () {
  const drawn = yield* makeClip(yield* temporaryFolder, "drawn.mp4", { size: "640x360", seconds: 5 })
  const pathOf = (name: string) => (name === "drawn.mp4" ? drawn : fixture(name))
  return yield* Effect.forEach(videos, ([name]) => upload(name, pathOf(name)), { concurrency: "unbounded" })
})

const jobsOf = (all: ReadonlyArray<Video.Video>) =>
  Effect.flatMap(JobAdmin.JobAdmin, (jobs) => Effect.forEach(all, (video) => jobs.ofVideo(video.id)))

const read = (key: FileKey.FileKey) =>
  Effect.flatMap(FileStorage.FileStorage, (storage) => storage.read(key).pipe(Stream.decodeText(), Stream.mkString))

/** Asserts that the video is complete, and that all renditions in its master playlist exist. */
const assertComplete = (id: Ids.VideoId, resolutions: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const video = yield* Effect.flatten(Effect.flatMap(VideoStore.VideoStore, (store) => store.find(id)))
    const made = video.files.map(({ resolution }) => resolution)
    deepStrictEqual([video.state, made], ["Published", resolutions], video.destination)
    const key = yield* video.playlistKey
    const names = (yield* read(key)).split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    deepStrictEqual(
      names.map((name) => `${video.destination}/${name}`),
      video.files.map((file) => file.playlistKey)
    )
    for (const file of video.files) {
      assert.strictEqual((yield* storage.stat(file.key)).size, file.size)
      assert.include(yield* read(file.playlistKey), "#EXT-X-ENDLIST")
      assert.closeTo(
        Option.getOrThrow(file.duration),
        Option.getOrElse(video.source.duration, () => 2),
        0.5
      )
    }
  })

const sorted = (lines: ReadonlyArray<string>): ReadonlyArray<string> => [...lines].sort()

layer(host({ runners: 3, resolutions: [144, 240, 360] }), { excludeTestServices: true, timeout: "5 minutes" })(
  "ten videos at once, and three runners",
  (it) => {
    it.scoped(
      "all complete, with each hook called once and each job done once",
      () =>
        Effect.gen(function* () {
          const all = yield* uploadAll
          const ended = (states: ReadonlyArray<string>) =>
            !states.some((state) => /Pending|Process|Complet(?!ed)/.test(state))
          const families = yield* until("all jobs have ended", jobsOf(all), (families) =>
            ended(families.flat().map(({ state }) => state))
          )
          for (const job of families.flat()) deepStrictEqual([job.state, job.failures, job.stalls], ["Completed", 0, 0])
          for (const [index, [, resolutions]] of videos.entries()) {
            const video = all[index]
            assert.isDefined(video)
            yield* assertComplete(video.id, resolutions)
          }

          const expected = videos.flatMap(([, resolutions], index) => {
            const number = all[index]?.number
            const renditions = resolutions.map((resolution) => `rendition ${number} ${resolution}`)
            return [...renditions, `playable ${number}`, `ended ${number} Published`]
          })
          const heard = yield* Heard
          yield* until(
            "all hooks were called",
            Effect.sync(() => heard.length),
            (count) => count >= expected.length
          )
          deepStrictEqual(sorted(heard), sorted(expected))

          const { data } = yield* Effect.flatMap(Runners.Runners, (runners) => runners.list({ start: 0, count: 10 }))
          const shares = data.map(({ id }) => families.flat().filter((job) => Option.contains(job.runnerId, id)).length)
          assert.strictEqual(shares.length, 3)
          for (const share of shares) assert.isAbove(share, 0, "every runner has its share")
        }),
      600_000
    )
  }
)
