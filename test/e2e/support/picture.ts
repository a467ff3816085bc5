import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, Schema } from "effect"
import { request } from "./Api.ts"
import { temporaryFolder } from "./workspace.ts"

const Report = Schema.Struct({
  streams: Schema.Tuple(Schema.Struct({ codec_name: Schema.String, width: Schema.Int, height: Schema.Int }))
})

/** One byte per pixel, in a raw file of that size. */
const grey = (path: string, folder: string) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: [{ path }],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-v", "error", "-xerror", "-i", input(0), "-frames:v", "1", "-vf", "scale=32:18"],
        ...["-pix_fmt", "gray", "-f", "rawvideo", output("grey.raw")]
      ]
    })
  })

/** Asserts that the URL serves a complete JPEG that is not blank, and returns its size. */
export const assertPicture = (
  url: string | null
): Effect.Effect<{ readonly width: number; readonly height: number }, unknown, Ffmpeg> =>
  Effect.gen(function* () {
    const answer = yield* request(String(url))
    assert.strictEqual(answer.status, 200)
    assert.strictEqual(answer.headers.get("content-type"), "image/jpeg")
    assert.strictEqual(answer.bytes.subarray(0, 2).toString("hex"), "ffd8")
    assert.strictEqual(answer.bytes.subarray(-2).toString("hex"), "ffd9")
    const folder = yield* temporaryFolder
    const path = join(folder, "picture.jpg")
    yield* Effect.promise(() => writeFile(path, answer.bytes))
    const { ffprobe } = yield* Ffmpeg
    const report = yield* ffprobe({ input: { path }, arguments: ["-show_streams"] })
    const { streams } = yield* Schema.decodeUnknown(Report)(report)
    assert.strictEqual(streams[0].codec_name, "mjpeg")
    yield* grey(path, folder)
    const pixels = yield* Effect.promise(() => readFile(join(folder, "grey.raw")))
    assert.strictEqual(pixels.length, 32 * 18)
    assert.isAbove(Math.max(...pixels) - Math.min(...pixels), 60, "a picture has light and dark")
    return streams[0]
  }).pipe(Effect.scoped)
