import { execFileSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { fixturePath } from "@runner-connector/contracts/media"
import { FileStorage, MediaFacts, MediaProbe } from "@runner-connector/core"
import { Effect, Either, type Layer } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as FfmpegWasm from "../src/FfmpegWasm.ts"
import * as Ffprobe from "../src/Ffprobe.ts"

/** Whether an upload is accepted, or the reason why not. */
const verdict = <E>(path: string, probe: Layer.Layer<MediaProbe.MediaProbe, E>) =>
  Effect.flatMap(MediaProbe.MediaProbe, (media) => media.probe(FileStorage.MediaSource.Path({ path }))).pipe(
    Effect.map((report) =>
      Either.match(MediaFacts.isUsable(report), { onLeft: ({ message }) => message, onRight: () => "accepted" })
    ),
    Effect.provide(probe)
  )

const hasEncoder = (name: string): boolean =>
  nativeFfmpeg._tag === "Right" &&
  execFileSync("ffmpeg", ["-v", "error", "-encoders"], { encoding: "utf8" }).includes(name)

it.effect("an upload with a codec that ffmpeg.wasm decodes is accepted", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* verdict(fixturePath("anamorphic.mp4"), FfmpegWasm.layer), "accepted")
  })
)

if (hasEncoder("libaom-av1")) {
  it.scopedLive("an upload with AV1, which ffmpeg.wasm cannot decode, is refused with a reason", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "runner-connector-av1-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
      )
      const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x36:rate=10:duration=1"]
      const av1 = ["-c:v", "libaom-av1", "-cpu-used", "8"]
      const make = (name: string, ...further: ReadonlyArray<string>) => {
        execFileSync("ffmpeg", ["-v", "error", ...picture, ...further, ...av1, join(folder, name)])
        return join(folder, name)
      }
      const files = [make("av1.mp4"), make("av1.webm", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "libopus")]
      for (const path of files) {
        assert.match(yield* verdict(path, FfmpegWasm.layer), /codec \(av1\) that this server cannot decode/)
        assert.strictEqual(yield* verdict(path, Ffprobe.layer), "accepted")
      }
    })
  )
} else {
  console.warn("LEFT OUT: AV1 in ffmpeg.wasm. This machine has no FFmpeg that encodes AV1.")
}
