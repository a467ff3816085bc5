import { describe, expect, it } from "@effect/vitest"
import { Ffmpeg, type FfmpegCommand } from "@runner-connector/ffmpeg"
import { Duration, Effect } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import { ffmpegProcesses } from "../../ffmpeg/test/surroundings.ts"
import type { JobType } from "../src/index.ts"
import { fakeFfmpeg, quickest, startRunner, testServer, until } from "./support/harness.ts"

/** Encodes endlessly at real-time speed. */
const endless: JobType.JobType = {
  name: "vod-hls-transcoding",
  run: ({ directory, stallTimeout }) =>
    Effect.gen(function* () {
      const { ffmpeg } = yield* Ffmpeg
      yield* ffmpeg({
        inputs: [],
        outputDirectory: directory,
        arguments: ({ output }) => ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x36:rate=25", output("endless.mkv")],
        stall: { silence: stallTimeout, standstill: "1 minute" }
      })
      return { fields: {}, files: [] }
    })
}

describe("a job whose ffmpeg hangs", { timeout: 300_000 }, () => {
  it.scopedLive("has a silence limit, and a standstill limit that depends on the source", () =>
    Effect.gen(function* () {
      const commands: Array<FfmpegCommand> = []
      const engine = fakeFfmpeg((command, write) => {
        commands.push(command)
        return write("made")
      })
      const server = yield* testServer
      const job = server.addJob({})
      yield* startRunner(server, engine, { stallTimeout: "7 seconds" })
      yield* until("the job has ended", () => job.state === "Completed")
      const [stall] = commands.map((command) => command.stall)
      expect(Duration.toSeconds(stall?.silence ?? 0)).toBe(7)
      expect(Duration.toSeconds(stall?.standstill ?? 0)).toBe(105)
    })
  )

  if (nativeFfmpeg._tag === "Right") {
    it.scopedLive("fails and kills the process when a signal has stopped it", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const before = new Set(ffmpegProcesses())
        const job = server.addJob({})
        yield* startRunner(server, quickest, { stallTimeout: "2 seconds", jobTypes: [endless] })
        const own = () => ffmpegProcesses().filter((pid) => !before.has(pid))
        yield* until("ffmpeg runs", () => own().length === 1)
        const [pid = Number.NaN] = own()
        process.kill(pid, "SIGSTOP")
        yield* until("the job has failed", () => job.state === "Errored")
        expect(job.messages[0]).toMatch(/no progress report for 2s/)
        expect(own()).not.toContain(pid)
      })
    )
  } else {
    console.warn(`LEFT OUT: a stopped ffmpeg. ${nativeFfmpeg.left.message}`)
  }
})
