import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { FileStorage, MediaProbe } from "@runner-connector/core"
import { WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Duration, Effect, Layer } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as FfmpegProbe from "../src/FfmpegProbe.ts"
import { folder, frameCases, make } from "./support/frameCases.ts"

/** Writes 16,000 × 9,000 pixels over the 300 × 260 of a Matroska file. */
const enlarge = async (path: string) => {
  const bytes = await readFile(path)
  bytes.writeUInt16BE(16_000, bytes.indexOf(Buffer.from("b082012c", "hex")) + 2)
  bytes.writeUInt16BE(9_000, bytes.indexOf(Buffer.from("ba820104", "hex")) + 2)
  await writeFile(path, bytes)
}

const native = nativeFfmpeg._tag === "Right" ? Layer.succeedContext(nativeFfmpeg.right) : undefined

if (native === undefined) frameCases("wasm", WasmFfmpeg.layer)
else frameCases("native", native)

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
