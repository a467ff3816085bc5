import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileStorage, MediaProbe } from "@runner-connector/core"
import { Ffmpeg, NativeFfmpeg } from "@runner-connector/ffmpeg"
import { Effect, Layer } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as FfmpegProbe from "../src/FfmpegProbe.ts"
import { codecs, picture, run, sound } from "./support/makeFiles.ts"

const fragments = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]

/** Puts zeros in place of all media data. */
const withoutData = (path: string): string => {
  const bytes = readFileSync(path)
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) {
    if (bytes.toString("latin1", at + 4, at + 8) === "mdat") bytes.fill(0, at + 8, at + bytes.readUInt32BE(at))
  }
  writeFileSync(path, bytes)
  return path
}

/** The faults of the streams, and the programs that ran. */
const probed = (path: string) =>
  Effect.gen(function* () {
    const native = yield* Ffmpeg
    const programs: Array<string> = []
    const noted = Ffmpeg.of({
      ...native,
      ffmpeg: (command) =>
        Effect.zipRight(
          Effect.sync(() => programs.push("ffmpeg")),
          native.ffmpeg(command)
        ),
      ffprobe: (command) =>
        Effect.zipRight(
          Effect.sync(() => programs.push("ffprobe")),
          native.ffprobe(command)
        )
    })
    const { streams } = yield* Effect.flatMap(MediaProbe.MediaProbe, ({ probe }) =>
      probe(FileStorage.MediaSource.Path({ path }))
    ).pipe(Effect.provide(Layer.provide(FfmpegProbe.layer, Layer.succeed(Ffmpeg, noted))))
    return { faults: streams.map(({ undecodable }) => undecodable), programs }
  }).pipe(Effect.provide(NativeFfmpeg.layer))

if (nativeFfmpeg._tag === "Right") {
  const folder = mkdtempSync(join(tmpdir(), "runner-connector-fragmented-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const make = (name: string, ...options: ReadonlyArray<string>): string => {
    const path = join(folder, name)
    run(...options, path)
    return path
  }

  describe("a fragmented MP4 file", () => {
    it.effect("is read and decoded by one program", () =>
      Effect.gen(function* () {
        const both = make("both.mp4", ...picture(2), ...sound(2), ...codecs, ...fragments)
        deepStrictEqual(yield* probed(both), { faults: [undefined, undefined], programs: ["ffprobe"] })
        const audio = make("audio.mp4", ...sound(2), "-c:a", "aac", ...fragments)
        deepStrictEqual(yield* probed(audio), { faults: [undefined], programs: ["ffprobe"] })
      })
    )

    it.effect("is decoded again where its first packets yield no frame", () =>
      Effect.gen(function* () {
        const { faults, programs } = yield* probed(
          withoutData(make("empty.mp4", ...picture(2), "-c:v", "libx264", ...fragments))
        )
        deepStrictEqual(faults, ["noFrames"])
        assert.include(programs, "ffmpeg")
      })
    )
  })
} else {
  const { message } = nativeFfmpeg.left
  it("needs native FFmpeg", () => console.warn(`LEFT OUT: fragmented files before the native FFmpeg. ${message}`))
}
