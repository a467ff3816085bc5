import { basename, join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Scope } from "effect"
import { bundled } from "../../../scripts/bundle.mjs"
import { api, completePlaylist, request, type Video } from "./Api.ts"
import { makeClip } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import { packetTimes } from "./native.ts"
import * as RunnerProgram from "./RunnerProgram.ts"
import { until } from "./waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./workspace.ts"

const FPS = 24
/** The variable `FILM` asks for another length. */
const SECONDS = Number(process.env.FILM ?? 60)
const RESOLUTIONS = [144, 240]

const env = {
  LOCAL_RUNNER: "off",
  TRANSCODING_GRAPH: "chunked",
  TRANSCODING_CHUNK_DURATION: "4",
  TRANSCODING_CHUNK_MIN_DURATION: "4",
  TRANSCODING_RESOLUTIONS_144P: "true",
  TRANSCODING_RESOLUTIONS_240P: "true",
  RUNNER_VOD_SILENCE: "5 seconds",
  RUNNER_COMPLETION_SILENCE: "1 second",
  RUNNER_RESUME_WINDOW: "4 seconds",
  RUNNER_UPLOAD_SILENCE: "2 seconds",
  RUNNER_UPKEEP_INTERVAL: "500 millis",
  RUNNER_RETIRED_FOR: "1 second",
  RUNNER_MAX_STALLS: "100",
  RUNNER_MAX_INTERRUPTIONS: "100"
}

/** A process that is killed and started again, within the scope of the test. */
const mortal = <A, R>(start: Effect.Effect<A, never, R | Scope.Scope>, kill: (process: A) => Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    let scope = yield* Scope.make()
    let process = yield* Scope.extend(start, scope)
    yield* Effect.addFinalizer(() => Effect.suspend(() => Scope.close(scope, Exit.void)))
    const restart = Effect.gen(function* () {
      yield* kill(process)
      yield* Scope.close(scope, Exit.void)
      scope = yield* Scope.make()
      process = yield* Scope.extend(start, scope)
    })
    return { restart }
  })

const killRunner = (runner: RunnerProgram.RunnerProgram) => Effect.zipRight(runner.send("SIGKILL"), runner.ended)

/** A server and two runners in processes of their own, and a film of many chunks. */
export const makeStage = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const dataDir = join(folder, "data")
  const port = yield* freePort
  const start = ExampleServer.start({ dataDir, port, env })
  const first = yield* Effect.scoped(Effect.flatMap(start, ExampleServer.registrationToken))
  const server = yield* mortal(start, ({ kill }) => kill)
  const program = yield* Effect.promise(() => bundled("packages/local-runner/src/program/main.ts"))
  const runners = yield* Effect.forEach(["a", "b"], (name) => {
    const places = ["--url", `http://127.0.0.1:${port}`, "--work-directory", join(folder, name), "--name", name]
    const args = [...places, "--concurrency", "1", "--progress-interval", "500 millis"]
    return mortal(RunnerProgram.launch(program, args, { CONNECTOR_RUNNER_REGISTRATION_TOKEN: first }), killRunner)
  })
  const film = yield* makeClip(folder, "film.mp4", { size: "426x240", fps: FPS, seconds: SECONDS, keyframes: 2 })
  const client = api(`http://127.0.0.1:${port}`, ExampleServer.keptToken(dataDir))
  return { client, dataDir, film, server, runners }
})

export type Stage = Effect.Effect.Success<typeof makeStage>

/** The media and playlists of a video, by their names. */
const namesOf = ({ files, playlistUrl, thumbnailUrl }: Video) =>
  Effect.gen(function* () {
    const media = yield* Effect.forEach(files, (file) =>
      Effect.map(request(file.playlistUrl), ({ text }) =>
        text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
      )
    )
    const urls = [thumbnailUrl, playlistUrl, ...files.map((file) => file.playlistUrl)]
    return [...media.flat(), ...urls.map((url) => new URL(String(url)).pathname)].map((path) => basename(path))
  })

/** The number of pictures or packets of audio in each rendition of a video. */
const countsOf = ({ files }: Video) =>
  Effect.forEach(files, ({ playlistUrl, resolution }) =>
    Effect.map(packetTimes(playlistUrl, resolution === 0 ? "a" : "v"), ({ length }) => [resolution, length] as const)
  )

/** The same film, made whole without a kill. */
export const makeWhole = ({ client, film }: Stage, seconds: number) =>
  Effect.gen(function* () {
    const { uuid } = yield* client.upload(film, "film.mp4", { graph: "parallel", splitAudio: "true" })
    const video = yield* client.settled(uuid, seconds)
    return { video, counts: yield* countsOf(video) }
  })

/** Every picture and all audio of the film that was made whole in each rendition, and nothing that failed. */
export const assertLike = (whole: Effect.Effect.Success<ReturnType<typeof makeWhole>>) => (video: Video) =>
  Effect.gen(function* () {
    const shown = JSON.stringify(video, null, 1)
    deepStrictEqual(
      [video.state.label, video.files.map(({ resolution }) => resolution)],
      ["Published", [0, ...RESOLUTIONS]],
      shown
    )
    for (const { state } of video.jobs) assert.strictEqual(state.label, "Completed", shown)
    for (const { playlistUrl } of video.files.slice(1)) yield* completePlaylist(playlistUrl)
    deepStrictEqual(yield* countsOf(video), whole.counts, shown)
    for (const { playlistUrl } of video.files.slice(1)) {
      const times = yield* packetTimes(playlistUrl, "v")
      assert.lengthOf(times, SECONDS * FPS)
      for (const [index, time] of times.slice(1).entries()) {
        assert.approximately(time - (times[index] ?? 0), 1 / FPS, 0.5 / FPS)
      }
    }
  })

/** Asserts that the storage holds the files of the videos and one source for each, and nothing else. */
export const assertNothingElse = ({ client, dataDir }: Stage, videos: ReadonlyArray<Video>) =>
  Effect.gen(function* () {
    const others = Effect.gen(function* () {
      const files = yield* filesBelow(join(dataDir, "storage"))
      const now = yield* Effect.forEach(videos, ({ uuid }) => client.video(uuid))
      const known = new Set((yield* Effect.forEach(now, namesOf)).flat())
      // Temporary files of dead processes are kept for an hour.
      return files.map(([name]) => name).filter((name) => !known.has(basename(name)) && !name.startsWith(".tmp/"))
    })
    const isSource = (name: string) => name.startsWith("uploads/")
    const left = yield* until(
      "everything else is gone",
      others,
      (names) => names.every(isSource) && names.length === videos.length
    )
    assert.lengthOf(left, videos.length)
  })
