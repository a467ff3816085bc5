import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, Schema } from "effect"
import { type Answer, request } from "./Api.ts"
import { temporaryFolder } from "./workspace.ts"

/** A rendition after all of its segments were fetched and decoded. */
export interface Played {
  readonly width: number
  readonly height: number
  readonly segments: number
  /** Durations in seconds: of the playlist, and of the decoded audio and video. */
  readonly announced: number
  readonly decoded: number
  readonly hasSound: boolean
  readonly bytes: number
}

interface Segment {
  readonly url: string
  readonly from: number
  readonly length: number
  readonly seconds: number
}

const resolve = (base: string, uri: string): string => new URL(uri, base).href

const byteRange = (text: string): { readonly length: number; readonly from: number } => {
  const [length = Number.NaN, from = Number.NaN] = text.split("@").map(Number)
  assert.isTrue(length > 0 && from >= 0, text)
  return { length, from }
}

const get = (url: string, headers: Record<string, string> = {}): Effect.Effect<Answer> => request(url, { headers })

const playlist = (url: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(get(url), (answer) => {
    assert.strictEqual(answer.status, 200, url)
    assert.match(answer.headers.get("content-type") ?? "", /^application\/vnd\.apple\.mpegurl/)
    const lines = answer.text.split("\n").filter((line) => line !== "")
    assert.strictEqual(lines[0], "#EXTM3U")
    return lines
  })

/** A byte range in a media playlist, as players read it. */
const segmentsOf = (url: string, lines: ReadonlyArray<string>): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  let seconds = 0
  let range = { length: 0, from: 0 }
  for (const line of lines) {
    const map = /^#EXT-X-MAP:URI="([^"]+)",BYTERANGE="([^"]+)"$/.exec(line)
    if (map) segments.push({ url: resolve(url, String(map[1])), ...byteRange(String(map[2])), seconds: 0 })
    if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice(8))
    if (line.startsWith("#EXT-X-BYTERANGE:")) range = byteRange(line.slice(17))
    if (!line.startsWith("#")) segments.push({ url: resolve(url, line), ...range, seconds })
  }
  assert.strictEqual(lines.at(-1), "#EXT-X-ENDLIST")
  assert.isAbove(segments.length, 1, "a head and something to play")
  return segments
}

/** The ranges in order. They must cover the file without a gap. */
const fetchSegments = (segments: ReadonlyArray<Segment>): Effect.Effect<ReadonlyArray<Buffer>> =>
  Effect.gen(function* () {
    const whole = yield* get(String(segments[0]?.url))
    assert.strictEqual(whole.headers.get("content-length"), String(whole.bytes.length))
    let at = 0
    const pieces: Array<Buffer> = []
    for (const { from, length, url } of segments) {
      assert.strictEqual(from, at)
      at += length
      const answer = yield* get(url, { range: `bytes=${from}-${at - 1}` })
      assert.strictEqual(answer.status, 206)
      assert.strictEqual(answer.headers.get("content-range"), `bytes ${from}-${at - 1}/${whole.bytes.length}`)
      pieces.push(answer.bytes)
    }
    assert.isTrue(Buffer.concat(pieces).equals(whole.bytes), "the segments are the file")
    return pieces
  })

const Report = Schema.Struct({
  format: Schema.Struct({ duration: Schema.NumberFromString, start_time: Schema.NumberFromString }),
  streams: Schema.Array(
    Schema.Struct({
      codec_type: Schema.String,
      nb_read_frames: Schema.NumberFromString,
      width: Schema.optional(Schema.Int),
      height: Schema.optional(Schema.Int)
    })
  )
})

const entries = "format=duration,start_time:stream=codec_type,width,height,nb_read_frames"

/** The number of decodable frames per track. */
const countFrames = (path: string) =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const report = yield* ffprobe({ input: { path }, arguments: ["-count_frames", "-show_entries", entries] })
    return yield* Schema.decodeUnknown(Report)(report)
  })

/** Decodes a file to its last frame. The first error ends it. */
export const decode = (path: string) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const { log } = yield* ffmpeg({
      inputs: [{ path }],
      arguments: ({ input }) => ["-v", "error", "-xerror", "-i", input(0), "-f", "null", "-"]
    })
    deepStrictEqual(log, [], path)
    return yield* countFrames(path)
  })

/** The same for a file at a URL. */
export const decodeUrl = (url: string) =>
  Effect.gen(function* () {
    const { bytes } = yield* get(url)
    return yield* decode(yield* write(yield* temporaryFolder, "file", [bytes]))
  }).pipe(Effect.scoped)

const write = (folder: string, name: string, pieces: ReadonlyArray<Buffer>) =>
  Effect.promise(async () => {
    const path = join(folder, name)
    await writeFile(path, Buffer.concat([...pieces]))
    return path
  })

type Streams = (typeof Report.Type)["streams"]

const pictureOf = (streams: Streams) => streams.find(({ codec_type }) => codec_type === "video")

/** Counts the video frames that can be decoded when each segment is decoded separately, as players do after a seek. */
const countPictures = (folder: string, head: Buffer, pieces: ReadonlyArray<Buffer>) =>
  Effect.reduce(pieces, 0, (sum, piece, index) =>
    Effect.gen(function* () {
      const { streams } = yield* countFrames(yield* write(folder, `${index}.mp4`, [head, piece]))
      for (const stream of streams) assert.isAbove(stream.nb_read_frames, 0, `segment ${index}`)
      return sum + (pictureOf(streams)?.nb_read_frames ?? 0)
    })
  )

const playRendition = (url: string) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const segments = segmentsOf(url, yield* playlist(url))
    const [head, ...pieces] = yield* fetchSegments(segments)
    assert.isDefined(head)
    const { format, streams } = yield* decode(yield* write(folder, "whole.mp4", [head, ...pieces]))
    const picture = pictureOf(streams)
    const alone = yield* countPictures(folder, head, pieces)
    assert.strictEqual(alone, picture?.nb_read_frames ?? 0, `${url}: no frame needs another segment`)
    return {
      width: picture?.width ?? 0,
      height: picture?.height ?? 0,
      segments: pieces.length,
      announced: segments.reduce((sum, { seconds }) => sum + seconds, 0),
      // The duration of a fragmented file counts from timestamp 0.
      decoded: format.duration - format.start_time,
      hasSound: streams.some((stream) => stream.codec_type === "audio"),
      bytes: Buffer.concat([head, ...pieces]).length
    }
  }).pipe(Effect.scoped)

/** The URL of the audio track that all variants share. */
const soundsOf = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.flatMap((line) => /^#EXT-X-MEDIA:TYPE=AUDIO,.*URI="([^"]+)"/.exec(line)?.[1] ?? [])

/** Plays every rendition of a master playlist to its end over HTTP, like a player, and returns the results. */
export const play = (masterUrl: string): Effect.Effect<ReadonlyArray<Played>, unknown, Ffmpeg> =>
  Effect.gen(function* () {
    const lines = yield* playlist(masterUrl)
    const variants = lines.flatMap((line, index) => (line.startsWith("#EXT-X-STREAM-INF:") ? [index] : []))
    const sounds = yield* Effect.forEach(soundsOf(lines), (uri) => playRendition(resolve(masterUrl, uri)))
    const played = [...sounds]
    for (const index of variants) {
      const one = yield* playRendition(resolve(masterUrl, String(lines[index + 1])))
      const size = /RESOLUTION=(\d+x\d+)/.exec(String(lines[index]))?.[1]
      if (one.height > 0) assert.strictEqual(size, `${one.width}x${one.height}`)
      assert.match(String(lines[index]), /CODECS="[\w.,]+"/)
      const bits = Number(/BANDWIDTH=(\d+)/.exec(String(lines[index]))?.[1])
      assert.isAbove(
        bits * one.announced * 1.1,
        one.bytes * 8,
        "the bandwidth is at least what is needed on the average"
      )
      played.push(one)
    }
    return played.sort((a, b) => a.height - b.height)
  })
