import { readFileSync } from "node:fs"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { completePlaylist, request, type Video } from "./Api.ts"
import { makeClip } from "./clips.ts"
import { hasNative, leftOut, packetTimes } from "./native.ts"
import { begin, type Connected, takeFirst } from "./recordedBench.ts"
import { askedBy } from "./recordedVod.ts"
import { makeRendition } from "./rendition.ts"
import { expect } from "./ScriptedRunner.ts"
import { until } from "./waiting.ts"
import { temporaryFolder } from "./workspace.ts"

const FPS = 24
const SECONDS = 6

/** Makes the result of the next job from the input that the server gives for it. Returns the size of that input. */
const workNext = (one: Connected, resolution: number) =>
  Effect.gen(function* () {
    const job = yield* takeFirst(one, "vod-hls-transcoding")
    deepStrictEqual(askedBy(job), { resolution, fps: resolution === 0 ? 0 : FPS, separatedAudio: true })
    const [input = Buffer.alloc(0)] = yield* begin(one, job)
    const result = yield* makeRendition(input, resolution, resolution === 0 ? "sound" : "picture")
    expect(yield* one.runner.succeed(job, result), 204)
    return input.length
  })

const playlistOf = ({ files }: Video): string => String(files.find(({ resolution }) => resolution > 0)?.playlistUrl)

/** A film of three chunks, which plays after the first one. */
export const filmInChunks = (one: Connected) =>
  Effect.gen(function* () {
    if (!hasNative) return leftOut("a film in chunks")
    const folder = yield* temporaryFolder
    const film = yield* makeClip(folder, "film.mp4", {
      ...{ size: "426x240", fps: FPS, seconds: SECONDS, keyframes: 2 },
      // The server does not copy it.
      audioCodec: "ac3"
    })
    const { uuid } = yield* one.client.upload(film, "film.mp4", { graph: "chunked" })
    const shown = one.client.video(uuid)
    yield* until("the film is cut", shown, ({ chunking }) => chunking?.state !== "cutting")
    deepStrictEqual((yield* shown).chunking?.state, "cut")
    const sizes = [yield* workNext(one, 0), yield* workNext(one, 240)]
    const growing = yield* until("it can be played", shown, ({ state }) => state.label === "Published")
    assert.include((yield* request(playlistOf(growing))).text, "#EXT-X-PLAYLIST-TYPE:EVENT")
    sizes.push(yield* workNext(one, 240), yield* workNext(one, 240))
    for (const size of sizes) assert.isBelow(size, readFileSync(film).length)
    yield* completePlaylist(playlistOf(growing))
    const times = yield* packetTimes(playlistOf(growing), "v")
    assert.lengthOf(times, SECONDS * FPS)
    for (const [index, time] of times.slice(1).entries()) {
      assert.approximately(time - (times[index] ?? 0), 1 / FPS, 0.5 / FPS)
    }
  })
