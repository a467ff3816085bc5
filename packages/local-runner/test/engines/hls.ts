import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, type Scope } from "effect"
import { fixture, quickest, temporaryFolder } from "../support/harness.ts"
import { type Engine, inspect, type Made, partOf, runJob } from "../support/media.ts"

interface Result extends Made {
  readonly playlist: string
}

/** Runs one HLS job through a whole runner. */
export const transcode = (engine: Engine, source: string, output: object = {}, audio?: string) =>
  runJob(engine, { source, output, ...(audio === undefined ? {} : { audio }) })

export const completed = (...args: Parameters<typeof transcode>): Effect.Effect<Result, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const job = yield* transcode(...args)
    expect(job.messages).toEqual([])
    const playlist = partOf(job, "resolutionPlaylistFile").content.toString()
    return { ...(yield* Effect.provide(inspect(job), quickest)), playlist }
  })

export const durations = (playlist: string): ReadonlyArray<number> =>
  [...playlist.matchAll(/#EXTINF:([\d.]+),/g)].map(([, seconds]) => Number(seconds))

/**
 * A source with everything that an encoder must convert: odd sides, 10 bits, an unusual frame rate, six channels,
 * chapters and metadata.
 */
const difficult = (folder: string): Effect.Effect<string, unknown, Ffmpeg> =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const chapters = join(folder, "chapters.txt")
    const chapter = "[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=5\ntitle=one\n"
    yield* Effect.promise(() => writeFile(chapters, `;FFMETADATA1\ntitle=private\nlocation=home\n${chapter}`))
    yield* ffmpeg.ffmpeg({
      inputs: [{ path: chapters, demuxers: ["ffmetadata"] }],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-i", input(0), "-f", "lavfi", "-i", "testsrc2=size=161x91:rate=30000/1001:duration=9"],
        ...["-f", "lavfi", "-i", "anoisesrc=duration=9:sample_rate=96000:amplitude=0.1"],
        ...["-map", "1:v", "-map", "2:a", "-map_metadata", "0", "-map_chapters", "0"],
        ...["-vf", "format=yuv444p10le", "-c:v", "ffv1", "-c:a", "pcm_s16le", "-ac", "6", output("difficult.mkv")]
      ]
    })
    return join(folder, "difficult.mkv")
  })

export const hlsCases = (engineName: string, engine: Engine): void => {
  describe(`HLS with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
    it.scopedLive("makes one file with video and audio, and its playlist", () =>
      Effect.gen(function* () {
        const { audio, content, duration, name, playlist, video } = yield* completed(engine, fixture("moov-last.mp4"))
        expect(video).toMatchObject({ codec_name: "h264", width: 214, height: 120, pix_fmt: "yuv420p" })
        expect(video).toMatchObject({ avg_frame_rate: "24/1", sample_aspect_ratio: "1:1" })
        expect(audio).toMatchObject({ codec_name: "aac", channels: 1, sample_rate: "44100" })
        expect(duration).toBeCloseTo(2, 0)
        const lines = playlist.trimEnd().split("\n")
        expect(lines[0]).toBe("#EXTM3U")
        expect(lines.at(-1)).toBe("#EXT-X-ENDLIST")
        expect(lines).toContain("#EXT-X-PLAYLIST-TYPE:VOD")
        expect(playlist).toMatch(new RegExp(`#EXT-X-MAP:URI="${name}",BYTERANGE="\\d+@0"`))
        expect(lines.filter((line) => !line.startsWith("#"))).toEqual([name])
        const [, length, offset] = /#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(playlist) ?? []
        expect(Number(length) + Number(offset)).toBeLessThanOrEqual(content.length)
      })
    )

    it.scopedLive("cuts at four seconds and converts unsupported formats", () =>
      Effect.gen(function* () {
        const source = yield* Effect.provide(difficult(yield* temporaryFolder), quickest)
        const { audio, playlist, report, video } = yield* completed(engine, source, { resolution: 45, fps: 25 })
        expect(video).toMatchObject({ codec_name: "h264", width: 82, height: 46, pix_fmt: "yuv420p" })
        expect(video?.avg_frame_rate).toBe("25/1")
        expect(audio).toMatchObject({ channels: 2, sample_rate: "48000" })
        expect(report.streams).toHaveLength(2)
        expect(report.chapters).toEqual([])
        expect(JSON.stringify(report.format.tags)).not.toMatch(/private|home/)
        expect(durations(playlist)).toEqual([4, 4, expect.closeTo(1, 1)])
      })
    )

    it.scopedLive("makes an audio-only rendition", () =>
      Effect.gen(function* () {
        const output = { resolution: 0, fps: 0, separatedAudio: true }
        const { duration, playlist, report } = yield* completed(engine, fixture("many-tracks.mkv"), output)
        expect(report.streams.map(({ codec_name }) => codec_name)).toEqual(["aac"])
        expect(duration).toBeCloseTo(2, 0)
        expect(durations(playlist)).toEqual([expect.closeTo(2, 0)])
      })
    )

    it.scopedLive("reports the cause when a source is not media", () =>
      Effect.gen(function* () {
        const noise = yield* transcode(engine, fixture("noise.mp4"))
        expect(noise.messages[0]).toMatch(
          /^ffprobe failed with exit code \d+\nInvalid data found when processing input\n/
        )
      })
    )
  })
}
