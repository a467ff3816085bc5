import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { nameOf } from "../../src/domain/FileNames.ts"
import { isTerminal } from "../../src/domain/RunnerJob.ts"
import type { Video } from "../../src/domain/Video.ts"
import { readText } from "./actions.ts"
import type { World } from "./World.ts"

const namesIn = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

const inUse = (video: Video): ReadonlyArray<string> => [
  ...Option.toArray(video.playlistKey),
  ...Option.toArray(video.thumbnailKey),
  ...video.files.flatMap(({ key, playlistKey }) => [key, playlistKey])
]

/** What plays refers to nothing that is missing. */
const assertPlayable = (world: World, video: Video, stored: ReadonlySet<string>) =>
  Effect.gen(function* () {
    for (const key of inUse(video)) assert.isTrue(stored.has(key), `${key} of the video is missing`)
    if (Option.isNone(video.playlistKey)) return
    const renditions = namesIn(yield* readText(world, video.playlistKey.value))
    if (Option.exists(video.live, ({ state }) => state !== "ended")) {
      const folder = video.playlistKey.value.slice(0, -nameOf(video.playlistKey.value).length)
      for (const name of renditions) assert.isTrue(stored.has(folder + name), `${name} of the live is missing`)
      return
    }
    assert.sameMembers(
      [...renditions],
      video.files.map(({ playlistKey }) => nameOf(playlistKey)),
      "the master playlist names the renditions"
    )
    for (const { key, playlistKey } of video.files) {
      const media = new Set(namesIn(yield* readText(world, playlistKey)))
      deepStrictEqual([...media], [nameOf(key)], "the playlist names the media file")
    }
  })

/** Each hook was told at most once of what it names. */
const assertTold = (world: World): void => {
  const said = world.told.map(({ hook, resultId, videoId }) => `${hook} ${videoId} ${resultId ?? ""}`)
  deepStrictEqual([...new Set(said)], said, "no hook is told twice")
}

/** What holds at every moment, whatever has happened. */
export const assertConsistent = (world: World): Effect.Effect<void> =>
  Effect.gen(function* () {
    const stored = new Set<string>(yield* world.files)
    for (const video of world.state.videos.values()) {
      yield* assertPlayable(world, video, stored)
      const completed = Array.from(world.state.jobs.values()).filter(
        (job) => Option.contains(job.videoId, video.id) && job.state === "Completed"
      )
      const results = completed.map(({ resultId }) => Option.getOrThrow(resultId))
      const published = video.files.map(({ resultId }) => resultId)
      if (Option.isSome(video.playlistKey)) {
        // What a job has made stays when an administrator removes the job.
        const isWhole = world.state.jobs.size === world.state.jobNumbers.size
        const agree = isWhole ? assert.sameMembers : assert.includeMembers
        agree(published, results, "what is published is what was completed")
      }
      const retired = new Set<string>(video.retired.map(({ key }) => key))
      for (const key of inUse(video)) assert.isFalse(retired.has(key), `${key} is retired and in use`)
    }
    assertTold(world)
  }).pipe(Effect.orDie)

/** What holds when all is done and what was retired is long gone. */
export const assertNothingLeft = (world: World): Effect.Effect<void> =>
  Effect.gen(function* () {
    const videos = Array.from(world.state.videos.values())
    const wanted = videos.flatMap((video) => [...Option.toArray(video.sourceKey), ...inUse(video)])
    deepStrictEqual(yield* world.files, [...new Set(wanted)].sort() as never, "no file is left over or missing")
    for (const video of videos) {
      deepStrictEqual(video.retired, [])
      assert.isTrue(Option.isSome(video.endedAt), "the video has ended")
    }
    for (const job of world.state.jobs.values()) assert.isTrue(isTerminal(job), `a job is ${job.state} for ever`)
  })
