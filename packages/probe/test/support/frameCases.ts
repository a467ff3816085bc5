import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { FileStorage, MediaProbe } from "@runner-connector/core"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Duration, Effect, Layer } from "effect"
import { hdrPaper, interlacedBar, PAPER_ON_SCREEN } from "../../../../test/fixtures/cameraFootage.ts"
import * as FfmpegProbe from "../../src/FfmpegProbe.ts"

/** A folder that is removed with the scope. */
export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "runner-connector-frames-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** Makes a file in the folder by FFmpeg. */
export const make = (directory: string, name: string, args: ReadonlyArray<string>) =>
  Effect.flatMap(Ffmpeg, ({ ffmpeg }) =>
    ffmpeg({ inputs: [], outputDirectory: directory, arguments: ({ output }) => [...args, output(name)] })
  )

/** The luma of a thumbnail, row by row. */
const rowsOf = (path: string, width: number, at: Duration.DurationInput) =>
  Effect.gen(function* () {
    const directory = yield* folder
    const { frame } = yield* MediaProbe.MediaProbe
    const jpeg = yield* frame(FileStorage.MediaSource.Path({ path }), Duration.decode(at))
    yield* Effect.promise(() => writeFile(join(directory, "frame.jpg"), jpeg))
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: [{ path: join(directory, "frame.jpg") }],
      outputDirectory: directory,
      arguments: ({ input, output }) => ["-i", input(0), "-pix_fmt", "gray", "-f", "rawvideo", output("gray")]
    })
    const gray = yield* Effect.promise(() => readFile(join(directory, "gray")))
    return Array.from({ length: gray.length / width }, (_, y) => [...gray.subarray(y * width, (y + 1) * width)])
  })

/** The mean difference of neighbouring rows. */
const combing = (rows: ReadonlyArray<ReadonlyArray<number>>): number => {
  const differences = rows.slice(1).flatMap((row, y) => row.map((value, x) => Math.abs(value - (rows[y]?.[x] ?? 0))))
  return differences.reduce((sum, value) => sum + value, 0) / differences.length
}

/** Thumbnails of difficult videos with an engine. */
export const frameCases = <E>(name: string, engine: Layer.Layer<Ffmpeg, E>): void => {
  describe(`thumbnails by ffmpeg (${name})`, { timeout: 300_000 }, () => {
    const tools = Layer.provideMerge(FfmpegProbe.layer, engine)

    it.scopedLive("show HDR at the intended brightness", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        for (const transfer of ["smpte2084", "arib-std-b67"] as const) {
          yield* make(directory, `${transfer}.mkv`, hdrPaper(transfer))
          const rows = yield* rowsOf(join(directory, `${transfer}.mkv`), 160, "500 millis")
          assert.closeTo(rows[45]?.[80] ?? 0, PAPER_ON_SCREEN, 6, transfer)
        }
      }).pipe(Effect.provide(tools))
    )

    it.scopedLive("show moving edges of interlaced video without comb artifacts", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        yield* make(directory, "interlaced.mpg", interlacedBar)
        const rows = yield* rowsOf(join(directory, "interlaced.mpg"), 160, "500 millis")
        assert.isAbove(Math.max(...(rows[40] ?? [])), 180)
        assert.isBelow(combing(rows), 0.5)
      }).pipe(Effect.provide(tools))
    )
  })
}
