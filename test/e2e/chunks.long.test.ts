import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { FileSystem } from "@effect/platform"
import { assert, it, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  ConnectorConfig,
  FileKey,
  FileStorage,
  type Ids,
  JobStore,
  type RunnerJob,
  Transcoding,
  VideoStore
} from "@runner-connector/core"
import { Ffmpeg, type FileNames } from "@runner-connector/ffmpeg"
import { Array as Arr, DateTime, Effect, Fiber, Layer, Option } from "effect"
import { hasNative, leftOut, packetTimes } from "./support/native.ts"
import { Folder, layer as host, runners } from "./support/OwnHost.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, temporaryFolder } from "./support/workspace.ts"

const FPS = 24
const SECONDS = 6
const FRAME = 1 / FPS

/** A film with a keyframe in each second, and sound. */
const film = ({ output }: FileNames): ReadonlyArray<string> => [
  ...["-f", "lavfi", "-i", `testsrc2=size=256x144:rate=${FPS}:duration=${SECONDS}`],
  ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${SECONDS}`],
  ...["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", String(FPS), "-pix_fmt", "yuv420p"],
  ...["-c:a", "aac", output("film.mp4")]
]

const makeFilm = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const { ffmpeg } = yield* Ffmpeg
  yield* ffmpeg({ inputs: [], outputDirectory: folder, arguments: film })
  const fs = yield* FileSystem.FileSystem
  const key = FileKey.FileKey.make("uploads/film.mp4")
  yield* (yield* FileStorage.FileStorage).write(key, fs.stream(join(folder, "film.mp4")))
  return key
})

const videoOf = (id: Ids.VideoId) => Effect.flatMap(VideoStore.VideoStore, (videos) => Effect.flatten(videos.find(id)))

const isLater = (job: RunnerJob.RunnerJob): boolean => Option.exists(job.chunk, (chunk) => chunk > 0)

/** Holds back every chunk but the first one, or offers them. */
const rest = (id: Ids.VideoId, isResting: boolean) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const notBefore = Option.some(DateTime.add(yield* DateTime.now, { hours: isResting ? 1 : -1 }))
    const later = (yield* store.ofVideo(id)).filter(isLater).map((job) => ({ ...job, notBefore }))
    if (Arr.isNonEmptyReadonlyArray(later)) yield* store.commit(later)
    return later.length
  })

const startRunner = Effect.gen(function* () {
  const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
  yield* Layer.build(runners(1, publicUrl.origin, yield* Folder))
})

const assertContinuous = (times: ReadonlyArray<number>) => {
  assert.strictEqual(times.length, SECONDS * FPS, "as many frames as a whole transcode has")
  const steps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  for (const step of steps) assert.isTrue(step > 0 && step < 2 * FRAME, `a step of ${step} s`)
}

if (hasNative) {
  layer(host({ runners: 0, resolutions: [144] }), { excludeTestServices: true, timeout: "5 minutes" })(
    "a film that is made in chunks",
    (it) => {
      it.scoped(
        "plays from its first chunk to its end while it grows",
        () =>
          Effect.gen(function* () {
            const path = yield* makeFilm
            const { id } = yield* (yield* Transcoding.Transcoding).transcodeVideo({
              ...{ path, destination: "videos/film", plan: { graph: "chunked" } },
              settings: { chunkDuration: 8, chunkMinDuration: 3 }
            })
            const cut = yield* until("the source is cut", videoOf(id), ({ chunking }) =>
              Option.exists(chunking, ({ state }) => state !== "cutting")
            )
            const { reason, total } = Option.getOrThrow(cut.chunking)
            deepStrictEqual([reason, total], [undefined, 3])
            assert.strictEqual(yield* rest(id, true), 2)
            yield* startRunner
            const playable = yield* until("it can be played", videoOf(id), ({ state }) => state === "Published")
            const [growing] = playable.files.filter(({ hasVideo }) => hasVideo)
            const playlist = join(yield* Folder, "storage", growing?.playlistKey ?? "")
            assert.include(yield* Effect.promise(() => readFile(playlist, "utf8")), "#EXT-X-PLAYLIST-TYPE:EVENT")
            const player = yield* Effect.fork(packetTimes(playlist, "v"))
            yield* rest(id, false)
            const done = yield* until("it has ended", videoOf(id), ({ endedAt }) => Option.isSome(endedAt))
            assertContinuous(yield* Fiber.join(player))
            assertContinuous(yield* packetTimes(playlist, "v"))
            const text = yield* Effect.promise(() => readFile(playlist, "utf8"))
            deepStrictEqual(text.match(/#EXT-X-MAP|#EXT-X-DISCONTINUITY/g)?.length, 1, text)
            deepStrictEqual(
              done.files.map(({ parts, resolution }) => [resolution, parts?.length]),
              [
                [0, undefined],
                [144, 3]
              ]
            )
            const [pictures, sound] = yield* Effect.all(
              done.files.map(({ hasVideo, playlistKey }) =>
                Effect.flatMap(Folder, (folder) =>
                  packetTimes(join(folder, "storage", playlistKey), hasVideo ? "v" : "a")
                )
              )
            ).pipe(Effect.map(([first = [], second = []]) => [second, first] as const))
            assert.approximately(pictures[0] ?? 0, sound[0] ?? 0, 0.05, "both begin together")
            const left = yield* filesBelow(join(yield* Folder, "storage"))
            assert.isFalse(left.some(([name]) => name.includes("custom-uploads")))
          }),
        300_000
      )
    }
  )
} else {
  it("needs native FFmpeg", () => leftOut("the film in chunks"))
}
