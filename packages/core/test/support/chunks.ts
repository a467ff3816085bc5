import { assert } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { ChunkedRendition, Chunking } from "../../src/domain/video/Chunking.ts"
import { nameOf } from "../../src/domain/video/FileNames.ts"
import type { Video, VideoFile } from "../../src/domain/video/Video.ts"
import { aVideo } from "../../src/testing/media.ts"
import { jobsOf, readText, takeIn, videoOf } from "./actions.ts"
import type { Process } from "./Process.ts"
import type { World } from "./World.ts"

/** Seconds of the film: chunks of 8, 14, 30 and 60 seconds, and one of 8. */
export const FILM = 120

export const chunkingOf = (world: World, video: Pick<Video, "id">): Chunking =>
  Option.getOrThrow(videoOf(world, video).chunking)

export const unfinished = (world: World, video: Pick<Video, "id">, resolution: number): ChunkedRendition | undefined =>
  chunkingOf(world, video).renditions.find((one) => one.resolution === resolution)

/** After so many turns nothing goes on but what waits for the clock. */
const TURNS = 200

/**
 * Runs the fibers of all servers until no source is being cut, or for long enough. The clock goes on by seconds, because most
 * chunks are cut only when the film can be played or some seconds have passed.
 */
export const untilCut = (world: World, video: Pick<Video, "id">): Effect.Effect<Video> =>
  Effect.gen(function* () {
    for (let turn = 1; turn <= 50 * TURNS && chunkingOf(world, video).state === "cutting"; turn++) {
      yield* turn % TURNS === 0 ? TestClock.adjust("1 second") : Effect.yieldNow()
    }
    return videoOf(world, video)
  })

/** Submits a film for chunks of at most a minute. A runner must encode its audio. */
export const takeFilm = (process: Process, over: Parameters<typeof takeIn>[1] = {}): Effect.Effect<Video> =>
  takeIn(process, {
    source: aVideo({ seconds: FILM, audioCodec: "opus" }),
    plan: { graph: "chunked" },
    settings: { resolutions: [360, 480], chunkDuration: 60, chunkMinDuration: 30 },
    ...over
  })

export const jobOfChunk = (world: World, resolution: number, chunk: number): RunnerJob | undefined =>
  jobsOf(world).find(
    (job) =>
      Option.contains(job.chunk, chunk) &&
      (job.payload as { readonly output: { readonly resolution: number } }).output.resolution === resolution
  )

const namesIn = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

export const secondsIn = (playlist: string): number =>
  [...playlist.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, seconds]) => sum + Number(seconds), 0)

/** The playlist of a rendition covers an unbroken beginning of the film, and every file that it names exists. */
const assertUnbroken = (world: World, { chunks, renditions, total }: Chunking, file: VideoFile) =>
  Effect.gen(function* () {
    const text = yield* readText(world, file.playlistKey)
    const stored = new Set<string>((yield* world.files).map(nameOf))
    const names = [...new Set(namesIn(text))]
    for (const name of names) assert.isTrue(stored.has(name), `${name} is missing`)
    const parts = (file.parts ?? []).map(({ key }) => nameOf(key))
    // The text is written before the video that refers to it.
    assert.deepStrictEqual(names.slice(0, parts.length), parts, "the playlist names the parts in their order")
    const isGrowing = renditions.some(({ id }) => id === file.attemptId)
    const isWhole = text.includes("#EXT-X-ENDLIST")
    assert.strictEqual(text.includes("#EXT-X-PLAYLIST-TYPE:VOD"), isWhole)
    if (!isGrowing) assert.isTrue(isWhole, "a complete rendition has a complete playlist")
    if (isWhole) return assert.strictEqual(names.length, total, "a complete playlist has every chunk")
    const seconds = chunks.slice(0, names.length).reduce((sum, { duration }) => sum + duration, 0)
    assert.approximately(secondsIn(text), seconds, 0.001, "the playlist is as long as its chunks")
  })

/** The invariants of the renditions of a film in chunks. */
export const assertGrowing = (world: World, video: Pick<Video, "id">): Effect.Effect<void> =>
  Effect.gen(function* () {
    const now = videoOf(world, video)
    if (Option.isNone(now.chunking)) return
    const chunking = now.chunking.value
    yield* Effect.forEach(
      now.files.filter(({ parts }) => parts !== undefined),
      (file) => assertUnbroken(world, chunking, file)
    )
    if (Option.isNone(now.playlistKey)) return
    const master = yield* readText(world, now.playlistKey.value)
    for (const { playlistKey } of now.files) assert.include(master, nameOf(playlistKey))
  }).pipe(Effect.orDie)
