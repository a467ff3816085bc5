import { mkdtempSync } from "node:fs"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { Ffmpeg, WasmFfmpeg } from "../src/index.ts"

it.live(
  "x",
  () =>
    Effect.gen(function* () {
      const f = yield* Ffmpeg
      console.log(f.version)
      console.log(
        JSON.stringify(
          yield* f.ffprobe({ input: { path: "/work/shared/media/frames.webm" }, arguments: ["-show_format"] })
        )
      )
      console.log(
        String(yield* Effect.flip(f.ffprobe({ input: { path: "/etc/passwd" }, arguments: ["-show_format"] })))
      )
      console.log(
        String(
          yield* Effect.flip(
            f.ffprobe({ input: { url: new URL("http://localhost:1/x?sig=secret") }, arguments: ["-show_format"] })
          )
        )
      )
      const dir = mkdtempSync("/tmp/hw/out")
      console.time("t")
      console.log(
        yield* f.ffmpeg({
          inputs: [{ path: "/work/shared/media/bbb-480p-30s.mp4" }],
          outputDirectory: dir,
          onProgress: (s) => Effect.sync(() => console.log(s)),
          arguments: ({ input, output }) => [
            "-t",
            "5",
            "-i",
            input(0),
            "-vf",
            "scale=-2:360",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-c:a",
            "aac",
            "-f",
            "hls",
            "-hls_flags",
            "single_file",
            "-hls_segment_type",
            "fmp4",
            "-hls_playlist_type",
            "vod",
            "-hls_segment_filename",
            output("v.mp4"),
            output("v.m3u8")
          ]
        })
      )
      console.timeEnd("t")
      console.log(dir)
    }).pipe(Effect.provide(WasmFfmpeg.layer)),
  120000
)
