import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { nameOf } from "../../src/domain/FileNames.ts"
import { isTerminal, type RunnerJob } from "../../src/domain/RunnerJob.ts"
import type { Video } from "../../src/domain/Video.ts"
import { jobsOf, readText } from "./actions.ts"
import type { World } from "./World.ts"

const namesIn = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

const inUse = (video: Video): ReadonlyArray<string> => [
  ...Option.toArray(video.playlistKey),
  ...Option.toArray(video.thumbnailKey),
  ...video.files.flatMap(({ key, playlistKey }) => [key, playlistKey]),
  ...video.captions.flatMap(({ key, playlistKey }) => [key, playlistKey]),
  ...Option.toArray(video.storyboard).flatMap(({ key, trackKey }) => [key, trackKey])
]

const subtitlesIn = (master: string): ReadonlyArray<string> =>
  Array.from(master.matchAll(/TYPE=SUBTITLES.*URI="([^"]+)"/g), ([, name = ""]) => name)

/** What plays refers to nothing that is missing. */
const assertPlayable = (world: World, video: Video, stored: ReadonlySet<string>) =>
  Effect.gen(function* () {
    for (const key of inUse(video)) assert.isTrue(stored.has(key), `${key} of the video is missing`)
    if (Option.isNone(video.playlistKey)) return
    const master = yield* readText(world, video.playlistKey.value)
    const renditions = namesIn(master)
    assert.sameMembers(
      [...subtitlesIn(master)],
      video.captions.map(({ playlistKey }) => nameOf(playlistKey)),
      "the master playlist names the captions"
    )
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

/** Jobs that edit the video; what was made before the last completed one of them is gone. */
const editsOf = (world: World, id: string): ReadonlyArray<RunnerJob> =>
  jobsOf(world).filter(
    (job) => job.type === "video-studio-transcoding" && Option.contains(job.videoId as Option.Option<string>, id)
  )

/** The renditions that were completed since. */
const completedOf = (world: World, id: string): ReadonlyArray<RunnerJob> => {
  const all = jobsOf(world)
  const lastEdit = all.findLastIndex((job) => editsOf(world, id).includes(job) && job.state === "Completed")
  return all
    .slice(lastEdit + 1)
    .filter(
      (job) =>
        job.type.startsWith("vod-") &&
        Option.contains(job.videoId as Option.Option<string>, id) &&
        job.state === "Completed"
    )
}

/**
 * Each hook was told at most once of what it names, but of the end of a video once more for each time it was opened; a
 * video that is edited begins anew.
 */
const assertTold = (world: World): void => {
  const once = world.told
    .filter(({ videoId }) => editsOf(world, videoId).length === 0)
    .filter(({ hook }) => hook !== "transcodingEnded" || world.reopened === 0)
  const said = once.map(({ hook, resultId, videoId }) => `${hook} ${videoId} ${resultId ?? ""}`)
  deepStrictEqual([...new Set(said)], said, "no hook is told twice")
  for (const { id } of world.state.videos.values()) {
    const ends = world.told.filter(({ hook, videoId }) => hook === "transcodingEnded" && videoId === id)
    const most = 1 + world.reopened + editsOf(world, id).length
    assert.isAtMost(ends.length, most, "the end of a video is told once each time")
  }
}

/** What holds at every moment, whatever has happened. */
export const assertConsistent = (world: World): Effect.Effect<void> =>
  Effect.gen(function* () {
    const stored = new Set<string>(yield* world.files)
    for (const video of world.state.videos.values()) {
      yield* assertPlayable(world, video, stored)
      const results = completedOf(world, video.id).map(({ resultId }) => Option.getOrThrow(resultId))
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
    // What lies elsewhere and is not in use is the host's: the source of a video that was edited.
    const ours = (yield* world.files).filter((key) => key.startsWith("videos/") || wanted.includes(key))
    deepStrictEqual(ours, [...new Set(wanted)].sort() as never, "no file is left over or missing")
    for (const video of videos) {
      deepStrictEqual(video.retired, [])
      assert.isTrue(Option.isSome(video.endedAt), "the video has ended")
    }
    for (const job of world.state.jobs.values()) assert.isTrue(isTerminal(job), `a job is ${job.state} for ever`)
  })
