import { join } from "node:path"
import { assert, it, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ffmpeg, type FileNames } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { hdrPaper } from "../fixtures/cameraFootage.ts"
import { asideCases } from "./jobTypes/aside.ts"
import { liveCases } from "./jobTypes/live.ts"
import { assertPlays, vodCases } from "./jobTypes/vod.ts"
import { show, Works, whisper, worksWith } from "./jobTypes/works.ts"
import { request } from "./support/Api.ts"
import { fixture, makeClip } from "./support/clips.ts"
import { hasNative, leftOut, probeUrl } from "./support/native.ts"
import * as StockRunner from "./support/stockRunner.ts"
import { temporaryFolder } from "./support/workspace.ts"

const transcription = { command: process.execPath, args: [whisper, "{input}", "{outputDirectory}", "name"] }

/** Real runners do not repeat the last frame when the audio is longer. */
const sources = Effect.gen(function* () {
  const path = yield* makeClip(yield* temporaryFolder, "clip.mp4", { size: "320x180", seconds: 4 })
  return { "audio-longer.mp4": path }
})

if (hasNative) {
  layer(worksWith({ bringRunner: StockRunner.start({ transcription }), makeSources: sources }), {
    excludeTestServices: true,
    timeout: "5 minutes"
  })("the server and a runner that copies make", (it) => {
    liveCases(it)
    vodCases(it)
    asideCases(it)

    it.scoped("HDR as HDR, tagged in the playlist and the file", () =>
      Effect.gen(function* () {
        const { client } = yield* Works
        const { ffmpeg } = yield* Ffmpeg
        const folder = yield* temporaryFolder
        const arguments_ = ({ output }: FileNames) => [...hdrPaper("smpte2084"), output("hdr.mkv")]
        yield* ffmpeg({ inputs: [], outputDirectory: folder, arguments: arguments_ })
        const { uuid } = yield* client.upload(join(folder, "hdr.mkv"), "hdr.mkv")
        yield* client.settled(uuid)
        const { files, playlistUrl } = yield* show(uuid)
        assert.match((yield* request(String(playlistUrl))).text, /#EXT-X-STREAM-INF:.*VIDEO-RANGE=PQ/)
        for (const { url } of files) {
          const { streams } = yield* probeUrl(url)
          deepStrictEqual(
            streams.map(({ color_transfer }) => color_transfer),
            ["smpte2084"]
          )
        }
      })
    )

    it.effect("a video of a transport stream with AAC", () =>
      Effect.gen(function* () {
        const { client } = yield* Works
        const { uuid } = yield* client.upload(fixture("broadcast.ts"), "broadcast.ts", { splitAudio: "true" })
        yield* client.settled(uuid)
        yield* assertPlays(yield* show(uuid), ["audio", "video 256x144", "video 320x180"], 2)
      })
    )
  })
} else {
  it("needs native FFmpeg", () => leftOut("the copying runner"))
}
