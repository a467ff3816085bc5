import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Option, Schema } from "effect"
import { isTerminal, type RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Chunking } from "../../src/domain/video/Chunking.ts"
import { nameOf } from "../../src/domain/video/FileNames.ts"
import { keysOfInputs, keysOfRendition } from "../../src/domain/video/fileKeys.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { inputsOf, soundOf } from "../../src/domain/video/VideoInputs.ts"
import { LiveRtmpHlsTranscoding } from "../../src/jobs/LiveRtmpHlsTranscoding.ts"
import { VideoTranscription } from "../../src/jobs/VideoTranscription.ts"
import { VodAudioMergeTranscoding } from "../../src/jobs/VodAudioMergeTranscoding.ts"
import { VodHlsTranscoding } from "../../src/jobs/VodHlsTranscoding.ts"
import { jobsOf, readText, resolutionOf } from "./actions.ts"
import { assertGrowing } from "./chunks.ts"
import { completedOf, countEdits, editsOf } from "./completed.ts"
import type { World } from "./World.ts"

const namesIn = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").flatMap((line) => {
    const uri = /^#EXT-X-MEDIA:TYPE=AUDIO.*URI="([^"]+)"/.exec(line)?.[1]
    if (uri !== undefined) return [uri]
    return line === "" || line.startsWith("#") ? [] : [line]
  })

const jobsOfVideo = (world: World, { id }: Video): ReadonlyArray<RunnerJob> =>
  Array.from(world.state.jobs.values()).filter((job) => Option.contains(job.videoId, id))

/** The stored files of a film in chunks. A playlist is written with the first chunk. */
const storedOf = (chunking: Chunking): ReadonlyArray<string> => [
  ...keysOfInputs(chunking),
  ...chunking.renditions.flatMap(({ parts }) => parts.map(({ key }) => key))
]

const inUse = (video: Video): ReadonlyArray<string> => [
  ...Option.toArray(video.playlistKey),
  ...Option.toArray(video.thumbnailKey),
  ...video.files.flatMap(keysOfRendition),
  ...Option.match(video.chunking, { onNone: () => [], onSome: storedOf }),
  ...video.webVideos.map(({ key }) => key),
  ...video.captions.flatMap(({ key, playlistKey }) => [key, playlistKey]),
  ...Option.toArray(video.storyboard).flatMap(({ key, trackKey }) => [key, trackKey])
]

const subtitlesIn = (master: string): ReadonlyArray<string> =>
  Array.from(master.matchAll(/TYPE=SUBTITLES.*URI="([^"]+)"/g), ([, name = ""]) => name)

const hasStreams = ({ files, plan, source }: Video): boolean =>
  files.length > 0 &&
  (!source.hasVideo || files.some((file) => file.hasVideo)) &&
  (!plan.splitAudio || !source.hasAudio || files.some((file) => file.hasAudio))

/** No playlist refers to a missing file. */
const assertPlayable = (world: World, video: Video, stored: ReadonlySet<string>) =>
  Effect.gen(function* () {
    for (const key of inUse(video)) assert.isTrue(stored.has(key), `${key} of the video is missing`)
    if (Option.isNone(video.playlistKey)) return assert.isFalse(hasStreams(video), "HLS plays by its master playlist")
    const master = yield* readText(world, video.playlistKey.value)
    const renditions = namesIn(master)
    if (Option.exists(video.live, ({ state }) => state !== "ended")) {
      const folder = video.playlistKey.value.slice(0, -nameOf(video.playlistKey.value).length)
      for (const name of renditions) assert.isTrue(stored.has(folder + name), `${name} of the live is missing`)
      return
    }
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
    for (const { key, parts, playlistKey } of video.files) {
      if (parts !== undefined) continue
      const media = new Set(namesIn(yield* readText(world, playlistKey)))
      deepStrictEqual([...media], [nameOf(key)], "the playlist names the media file")
    }
    yield* assertGrowing(world, video)
  })

const hasUrl = Schema.is(Schema.Struct({ videoUrl: Schema.String }))
const comesFromElsewhere = ({ payload, type }: RunnerJob): boolean =>
  type === LiveRtmpHlsTranscoding.name || hasUrl(payload)

/**
 * Every job of the video finds its input. The input of a live comes from elsewhere. A video that is being removed has
 * no input left, but jobs may start again at that moment.
 */
const assertInputs = (world: World, video: Video, stored: ReadonlySet<string>): void => {
  if (world.removals.has(video.id)) return
  for (const job of jobsOfVideo(world, video).filter((one) => !isTerminal(one) && !comesFromElsewhere(one))) {
    const inputs = Option.getOrThrow(inputsOf(video))
    for (const key of [inputs.media, ...Option.toArray(inputs.sound), ...Option.toArray(soundOf(video))]) {
      assert.isTrue(stored.has(key), `${key} is missing, from which a ${job.type} is to be made`)
    }
    if (job.type === VodAudioMergeTranscoding.name)
      assert.isTrue(Option.isSome(video.thumbnailKey), "no picture to merge")
  }
}

/** The audio of a film in chunks that the server has copied itself: no job was to make it. */
const copiedAudio = (world: World, video: Video): ReadonlyArray<string> => {
  const isJobs = jobsOfVideo(world, video).some((job) => job.type === VodHlsTranscoding.name && resolutionOf(job) === 0)
  const copied = isJobs || Option.isNone(video.chunking) ? [] : video.files.filter(({ hasVideo }) => !hasVideo)
  assert.isAtMost(copied.length, 1)
  return copied.map(({ attemptId }) => attemptId)
}

/** Exactly the completed renditions are published, except unwanted progressive files. */
const assertPublished = (world: World, video: Video): void => {
  // Without the job of the edit, the order of the completed jobs is unknown.
  if (editsOf(world, video.id).length < countEdits(world, video.id)) return
  const completed = completedOf(world, video.id).filter(({ renditionId }) => Option.isNone(renditionId))
  const resultsOf = (isMeant: (type: string) => boolean) =>
    completed.filter((job) => isMeant(job.type)).map(({ attemptId }) => Option.getOrThrow(attemptId))
  // The result of a job stays when an administrator removes the job.
  const isWhole = world.state.jobs.size === world.state.jobNumbers.size
  if (Option.isSome(video.playlistKey)) {
    const agree = isWhole ? assert.sameMembers : assert.includeMembers
    const files = video.files.filter(({ parts }) => parts === undefined).map(({ attemptId }) => attemptId)
    agree(
      files,
      [...resultsOf((type) => type === VodHlsTranscoding.name), ...copiedAudio(world, video)],
      "exactly the completed renditions are published"
    )
  }
  if (isWhole) {
    const webVideos = video.webVideos.map(({ attemptId }) => attemptId)
    const made = resultsOf((type) => type !== VodHlsTranscoding.name)
    if (video.plan.webVideos && webVideos.length > 0) assert.sameMembers(webVideos, made, "all that is wanted is there")
    else assert.includeMembers(made, webVideos, "progressive files are results")
  }
}

/**
 * Each hook is called at most once for each event. The end of a video is reported once more each time it is opened
 * again. An edited video starts anew.
 */
const assertTold = (world: World): void => {
  const once = world.told
    .filter(({ videoId }) => countEdits(world, videoId) === 0)
    .filter(({ hook }) => hook !== "transcodingEnded" || world.reopened === 0)
    // Reports of failed jobs, without a name.
    .filter(({ hook }) => hook !== "transcriptionFailed")
  const said = once.map(({ hook, attemptId, videoId }) => `${hook} ${videoId} ${attemptId ?? ""}`)
  deepStrictEqual([...new Set(said)], said, "no hook is called twice")
  for (const { id } of world.state.videos.values()) {
    const ends = world.told.filter(({ hook, videoId }) => hook === "transcodingEnded" && videoId === id)
    const most = 1 + world.reopened + countEdits(world, id)
    assert.isAtMost(ends.length, most, "the end of a video is reported once each time")
    const failures = world.told.filter(({ hook, videoId }) => hook === "transcriptionFailed" && videoId === id)
    const asked = jobsOf(world).filter((job) => job.type === VideoTranscription.name)
    const removed = world.state.jobNumbers.size - world.state.jobs.size
    assert.isAtMost(failures.length, asked.length + removed + world.reopened, "each failure is reported once")
  }
}

/** The outcome of all videos and the calls of hooks, when no server has died and all work is done. */
export const assertAllTold = (world: World): void => {
  for (const video of world.state.videos.values()) {
    const count = (wanted: string) =>
      world.told.filter(({ hook, videoId }) => hook === wanted && videoId === video.id).length
    const ends = count("transcodingEnded")
    if (video.state === "ToImport") assert.strictEqual(ends, 0, "nothing of it is transcoded")
    else assert.isAtLeast(ends, 1, "the end of a video is reported")
    if (Option.isSome(video.live)) assert.strictEqual(count("liveEnded"), 1, "the end of a live is reported")
    if (countEdits(world, video.id) > 0) continue
    assert.strictEqual(count("renditionReady"), video.files.length, "each rendition is reported once")
    if (video.plan.webVideos) assert.strictEqual(count("webVideoReady"), video.webVideos.length)
    if (Option.isNone(video.live)) assert.strictEqual(count("videoPlayable"), video.state === "Published" ? 1 : 0)
  }
}

/** The invariants of the video at every moment, with these files in storage. */
export const assertVideo = (world: World, video: Video, stored: ReadonlySet<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* assertPlayable(world, video, stored)
    assertPublished(world, video)
    assertInputs(world, video, stored)
    const pendingDeletion = new Set<string>(video.pendingDeletion.map(({ key }) => key))
    for (const key of inUse(video)) assert.isFalse(pendingDeletion.has(key), `${key} is pending deletion and in use`)
  }).pipe(Effect.orDie)

/** Differs after any write of these rows. */
export const revisionsOf = (rows: Iterable<Pick<Video | RunnerJob, "id" | "revision">>): string =>
  Array.from(rows, ({ id, revision }) => `${id} ${revision}`).join()

/** The invariants at every moment. */
export const assertConsistent = (world: World): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* world.refresh
    const { jobs, videos } = world.state
    const revisions = () => revisionsOf([...videos.values(), ...jobs.values()])
    const before = revisions()
    const stored = new Set<string>(yield* world.files)
    const seen = yield* Effect.exit(
      Effect.forEach(Array.from(world.state.videos.values()), (video) => assertVideo(world, video, stored))
    )
    yield* world.refresh
    // A server that works after its answers may have published something between the two reads of files and rows.
    if (Exit.isFailure(seen) && revisions() !== before) return yield* assertConsistent(world)
    yield* seen
    assertTold(world)
  })

/** The invariants when all work is done and all pending deletions are over. */
export const assertNothingLeft = (world: World): Effect.Effect<void> =>
  Effect.gen(function* () {
    const videos = Array.from(world.state.videos.values())
    const wanted = videos.flatMap((video) => [
      ...Option.toArray(video.sourceKey),
      ...Option.toArray(video.soundKey),
      ...inUse(video)
    ])
    // Files elsewhere that are not in use belong to the host: the source of an edited video.
    const ours = (yield* world.files).filter((key) => key.startsWith("videos/") || wanted.includes(key))
    deepStrictEqual(ours, [...new Set(wanted)].sort() as never, "no file is left over or missing")
    for (const video of videos) {
      deepStrictEqual(video.pendingDeletion, [])
      assert.isTrue(Option.isSome(video.endedAt), "the video has ended")
    }
    for (const job of world.state.jobs.values()) assert.isTrue(isTerminal(job), `a job is ${job.state} for ever`)
  })
