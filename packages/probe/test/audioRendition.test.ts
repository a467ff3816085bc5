import { copyFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { FileStorage, MediaCutter, MediaProbe, SourceTracks } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { afterAll } from "vitest"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"
import { closed, filmWithSound, makeFolder, run } from "./support/films.ts"

const { folder, remove } = makeFolder()
const at = (name: string): string => join(folder, name)

/** Second of the file at which a tone begins, after silence. */
const toneOf = (path: string): number => {
  const print = "ametadata=mode=print:key=lavfi.silence_end:file=-"
  const filters = `aresample=48000,silencedetect=noise=-30dB:duration=0.5,${print}`
  const text = run("-copyts", "-i", path, "-map", "0:a", "-af", filters, "-f", "null", "/dev/null")
  return Number(/silence_end=([\d.]+)/.exec(text)?.[1])
}

/** AAC that is silent for two seconds. */
const tone = ["-af", "volume=enable='lt(t,2)':volume=0", "-c:a", "aac"]

/** Films by the name of their container. */
const films: Readonly<Record<string, (path: string) => void>> = {
  "film.mp4": (path) => filmWithSound(path, 4, ...closed.h264, ...tone),
  "film.mkv": (path) => filmWithSound(path, 4, ...closed.h264, ...tone),
  "late.mp4": (path) => run("-i", at("film.mp4"), "-itsoffset", "0.7", "-i", at("film.mp4"), ...latter, path),
  "early.mkv": (path) => run("-itsoffset", "0.4", "-i", at("film.mp4"), "-i", at("film.mp4"), ...latter, path)
}
const latter = ["-map", "0:v", "-map", "1:a", "-c", "copy"]

/** Where the tone is in the source, in its extracted audio and in its rendition. */
const look = (name: string) =>
  Effect.gen(function* () {
    const path = at(name)
    const source = FileStorage.MediaSource.Path({ path })
    const report = yield* (yield* MediaProbe.MediaProbe).probe(source)
    const tracks = SourceTracks.sourceTracks(report)
    const audio = Option.getOrThrow(tracks.audio)
    const input = { source, tracks: [audio.index], start: tracks.fileStart } as const
    const cutter = yield* MediaCutter.MediaCutter
    const extracted = yield* cutter.audio({ ...input, origin: SourceTracks.presentationStart(audio, report) })
    const rendition = yield* cutter.audioRendition({ ...input, origin: tracks.origin - ROOM })
    const alone = at(`${name}-alone.mp4`)
    copyFileSync(rendition.path, alone)
    return { tracks, inSource: toneOf(path), extracted: toneOf(extracted.path), rendition: toneOf(alone) }
  }).pipe(Effect.scoped)

/** Seconds before the presentation, for what encoders put before the sound. */
const ROOM = 0.125

/** Seconds. Containers round times to milliseconds. */
const ROUNDING = 0.003

if (nativeFfmpeg._tag === "Right") {
  afterAll(remove)

  describe("audio that is copied out of a film", () => {
    for (const [name, make] of Object.entries(films)) {
      it.live(`is heard when it is in ${name}`, () =>
        Effect.gen(function* () {
          make(at(name))
          const { extracted, inSource, rendition, tracks } = yield* look(name)
          assert.isAbove(inSource, 1.9)
          assert.approximately(rendition, inSource - tracks.origin + ROOM, ROUNDING)
          // Results of extracted audio are moved by the start of the audio.
          const { start } = Option.getOrThrow(tracks.heard)
          assert.approximately(extracted + start, inSource - tracks.origin, ROUNDING)
        }).pipe(Effect.provide(Ffprobe.layer))
      )
    }
  })
} else {
  const { message } = nativeFfmpeg.left
  it("needs native FFmpeg", () => console.warn(`LEFT OUT: copying audio with the native FFmpeg. ${message}`))
}
