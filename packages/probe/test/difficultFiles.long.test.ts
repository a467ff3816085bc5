import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { FileStorage, MediaFacts, MediaProbe, SourceTracks } from "@runner-connector/core"
import { Effect, Either, Option } from "effect"
import { afterAll } from "vitest"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as FfmpegWasm from "../src/FfmpegWasm.ts"
import * as Ffprobe from "../src/Ffprobe.ts"
import { av1File, badFiles } from "./support/badFiles.ts"
import { difficultFiles } from "./support/difficultFiles.ts"

const folder = mkdtempSync(join(tmpdir(), "runner-connector-difficult-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const look = (name: string) =>
  Effect.flatMap(MediaProbe.MediaProbe, ({ probe }) =>
    probe(FileStorage.MediaSource.Path({ path: join(folder, name) }))
  )

const made = new Set<string>()
const make = (file: { readonly name: string; readonly make: (path: string) => void }) =>
  Effect.sync(() => {
    if (!made.has(file.name)) file.make(join(folder, file.name))
    made.add(file.name)
  })

/** ffmpeg.wasm takes longer to start than to read a file, so only a few files are tested with it. */
const alsoByWasm = new Set(["vbr.aac", "joined.ts", "one-picture.wmv", "cenc.mp4", "depth.m4a"])

const engines = [
  ["native", Ffprobe.layer, () => true],
  ["wasm", FfmpegWasm.layer, (name: string) => alsoByWasm.has(name)]
] as const

if (nativeFfmpeg._tag === "Right") {
  for (const [engine, layer, isTried] of engines) {
    describe(`the probe (${engine})`, () => {
      for (const file of difficultFiles(folder).filter(({ name }) => isTried(name))) {
        it.live(`reports ${file.name} correctly: ${file.about}`, () =>
          Effect.gen(function* () {
            yield* make(file)
            const report = yield* look(file.name)
            const summary = Either.getOrThrow(MediaFacts.isUsable(report))
            assert.closeTo(
              Option.getOrElse(summary.duration, () => Number.NaN),
              file.duration,
              0.15
            )
            if (file.hasVideo !== undefined) assert.strictEqual(summary.hasVideo, file.hasVideo)
            if (file.fps !== undefined) assert.strictEqual(summary.fps, file.fps)
            const { audio } = SourceTracks.sourceTracks(report)
            if (file.audio !== undefined)
              assert.deepStrictEqual(
                Option.map(audio, ({ index }) => index),
                Option.some(file.audio)
              )
          }).pipe(Effect.provide(layer))
        )
      }

      const bad = [...badFiles.filter(({ name }) => isTried(name)), ...(engine === "wasm" ? [av1File] : [])]
      for (const file of bad) {
        it.live(`refuses ${file.name}: ${file.about}`, () =>
          Effect.gen(function* () {
            yield* make(file)
            const refusal = yield* Effect.flip(Effect.flatMap(look(file.name), (report) => MediaFacts.isUsable(report)))
            assert.include(["UnreadableMedia", "NotMedia"], refusal._tag)
            assert.match(refusal.message, file.reason)
          }).pipe(Effect.provide(layer))
        )
      }
    })
  }
} else {
  const { message } = nativeFfmpeg.left
  console.warn(`LEFT OUT: files that containers describe badly. ${message}`)

  it("names the program that is missing", () => assert.match(message, /ffmpeg|ffprobe/i))
}
