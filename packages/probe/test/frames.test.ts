import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { FileStorage, MediaProbe } from "@runner-connector/core"
import { Ffmpeg, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Duration, Effect, Layer } from "effect"
import { hdrPaper, interlacedBar, PAPER_ON_SCREEN } from "../../../test/fixtures/cameraFootage.ts"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as FfmpegProbe from "../src/FfmpegProbe.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "runner-connector-frames-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const make = (directory: string, name: string, args: ReadonlyArray<string>) =>
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

/** Writes 16,000 × 9,000 pixels over the 300 × 260 of a Matroska file. */
const enlarge = async (path: string) => {
  const bytes = await readFile(path)
  bytes.writeUInt16BE(16_000, bytes.indexOf(Buffer.from("b082012c", "hex")) + 2)
  bytes.writeUInt16BE(9_000, bytes.indexOf(Buffer.from("ba820104", "hex")) + 2)
  await writeFile(path, bytes)
}

/** The mean difference of neighbouring rows. */
const combing = (rows: ReadonlyArray<ReadonlyArray<number>>): number => {
  const differences = rows.slice(1).flatMap((row, y) => row.map((value, x) => Math.abs(value - (rows[y]?.[x] ?? 0))))
  return differences.reduce((sum, value) => sum + value, 0) / differences.length
}

const native = nativeFfmpeg._tag === "Right" ? Layer.succeedContext(nativeFfmpeg.right) : undefined
const engines = [["wasm", WasmFfmpeg.layer], ...(native === undefined ? [] : [["native", native] as const])] as const

for (const [name, engine] of engines) {
  describe(`thumbnails by ffmpeg (${name})`, { timeout: 60_000 }, () => {
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

if (native !== undefined) {
  it.scopedLive("files with oversized pictures or too many tracks are refused", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const { frame, probe } = yield* MediaProbe.MediaProbe
      yield* make(directory, "huge.mkv", ["-f", "lavfi", "-i", "color=size=300x260:duration=1", "-c:v", "ffv1"])
      const huge = join(directory, "huge.mkv")
      yield* Effect.promise(() => enlarge(huge))
      const source = FileStorage.MediaSource.Path({ path: huge })
      for (const refused of [probe(source), Effect.asVoid(frame(source, Duration.zero))]) {
        const error = yield* Effect.flip(refused)
        assert.strictEqual(error._tag, "UnreadableMedia")
        assert.match(error.message, /more than 134 million pixels/)
      }
      const tracks = Array.from({ length: 201 }, () => ["-map", "0:a"]).flat()
      const silence = ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "0.1"]
      yield* make(directory, "tracks.mov", [...silence, ...tracks, "-c:a", "pcm_s16le"])
      const many = FileStorage.MediaSource.Path({ path: join(directory, "tracks.mov") })
      assert.match((yield* Effect.flip(probe(many))).message, /more than 200 tracks/)
    }).pipe(Effect.provide(Layer.provideMerge(FfmpegProbe.layer, native)))
  )
}
