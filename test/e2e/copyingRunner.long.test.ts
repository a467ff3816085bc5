import { it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { vi } from "vitest"
import { asideCases } from "./jobTypes/aside.ts"
import { liveCases } from "./jobTypes/live.ts"
import { assertPlays, vodCases } from "./jobTypes/vod.ts"
import { show, Works, whisper, worksWith } from "./jobTypes/works.ts"
import { fixture } from "./support/clips.ts"
import { startCopyingRunner } from "./support/copyingRunner.ts"
import { hasNative, leftOut } from "./support/native.ts"

// The first cases wait for the queue of all.
vi.setConfig({ testTimeout: 90_000 })

const transcription = { command: process.execPath, args: [whisper, "{input}", "{outputDirectory}", "name"] }

if (hasNative) {
  layer(worksWith(startCopyingRunner({ transcription })), { excludeTestServices: true, timeout: "120 seconds" })(
    "the server and a runner that copies make",
    (it) => {
      liveCases(it)
      vodCases(it)
      asideCases(it)

      it.effect("a video of a transport stream with AAC", () =>
        Effect.gen(function* () {
          const { client } = yield* Works
          const { uuid } = yield* client.upload(fixture("broadcast.ts"), "broadcast.ts", { splitAudio: "true" })
          yield* client.settled(uuid)
          yield* assertPlays(yield* show(uuid), ["audio", "video 256x144", "video 320x180"], 2)
        })
      )
    }
  )
} else {
  it("needs native FFmpeg", () => leftOut("the runner that copies"))
}
