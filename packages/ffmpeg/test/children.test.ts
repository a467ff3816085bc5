import { statSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Fiber, TestClock } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import { ChildProgram, Ffmpeg } from "../src/index.ts"
import { type ReportCount, stallLimit } from "../src/stall.ts"
import { endless } from "./endless.ts"
import { grows } from "./engine.ts"
import { ffmpegProcesses, folder, until } from "./surroundings.ts"

/** Runs a shell script and collects its output. */
const script = (text: string, further: Partial<ChildProgram.ChildProgram> = {}) =>
  Effect.gen(function* () {
    let stdout = ""
    const exit = yield* ChildProgram.run({
      command: "sh",
      arguments: ["-c", text],
      onStdout: (chunk) => (stdout += chunk),
      onStderr: () => {},
      ...further
    })
    return { ...exit, stdout }
  })

const withSecret = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => (process.env.ADMIN_TOKEN = "the-secret")),
    () => effect,
    () => Effect.sync(() => Reflect.deleteProperty(process.env, "ADMIN_TOKEN"))
  )

/** Says the priority of its process again and again, for a minute at most. */
const priorities = `setInterval(() => console.log(require("node:os").getPriority()), 10)
  setTimeout(() => process.exit(1), 60_000)`

it.live("gives a child in the background a lower priority", () =>
  Effect.gen(function* () {
    const lower = String(constants.priority.PRIORITY_BELOW_NORMAL)
    const exit = yield* ChildProgram.run({
      ...{ command: process.execPath, arguments: ["-e", priorities], isBackground: true },
      onStdout: (text, stop) => text.split("\n").includes(lower) && stop(),
      onStderr: () => {}
    })
    assert.strictEqual(exit.signal, "SIGKILL")
  })
)

it.scopedLive("passes only the minimal environment to a child, without secrets of the host", () =>
  Effect.gen(function* () {
    const { stdout } = yield* withSecret(script("env", { env: { ADDED: "yes" } }))
    const names = stdout.split("\n").map((line) => line.split("=")[0])
    assert.includeMembers(names, ["PATH", "ADDED"])
    assert.notInclude(stdout, "the-secret")
    deepStrictEqual(
      names.filter((name) => /TOKEN|DATABASE|NODE|VITEST|npm/.test(name ?? "")),
      []
    )
  })
)

it.scopedLive("creates output files that only the owner can read", () =>
  Effect.gen(function* () {
    const path = join(yield* folder, "written")
    yield* script(`echo text > "${path}"; mkdir "${path}-folder"`)
    deepStrictEqual([statSync(path).mode & 0o777, statSync(`${path}-folder`).mode & 0o777], [0o600, 0o700])
  })
)

it.scopedLive("passes arguments unchanged and returns the exit code", () =>
  Effect.gen(function* () {
    const args = ["a b", "$HOME", "`id`", "*", "'", '"', ""]
    let stdout = ""
    const exit = yield* ChildProgram.run({
      command: process.execPath,
      arguments: ["-e", "console.log(JSON.stringify(process.argv.slice(1))); process.exitCode = 3", "--", ...args],
      onStdout: (text) => (stdout += text),
      onStderr: () => {}
    })
    deepStrictEqual([JSON.parse(stdout), exit], [args, { exitCode: 3, signal: null }])
    const missing = yield* Effect.flip(
      ChildProgram.run({ command: "no-such-program", arguments: [], onStdout: () => {}, onStderr: () => {} })
    )
    assert.match(String(missing), /ENOENT/)
  })
)

if (process.platform === "linux") {
  it.scopedLive("limits the memory of a child", () =>
    Effect.gen(function* () {
      const limit = { memoryLimit: 256 * 1024 * 1024 }
      deepStrictEqual((yield* script("ulimit -v", limit)).stdout, "262144\n")
      deepStrictEqual((yield* script("ulimit -v")).stdout, "unlimited\n")
    })
  )
}

it.effect("ends a run without reports or without new output", () =>
  Effect.gen(function* () {
    const limits = { silence: "1 minute", standstill: "10 minutes" } as const
    /**
     * Simulates a run that sends this number of reports, one every 20 s. Only the first `growing` reports add output.
     */
    const running = (reports: number, growing: number) =>
      Effect.gen(function* () {
        const count = { reports: 0, seconds: 0 } satisfies ReportCount
        const run = Effect.gen(function* () {
          while (count.reports < reports) {
            yield* Effect.sleep("20 seconds")
            count.reports += 1
            if (count.reports <= growing) count.seconds += 1
          }
          return yield* Effect.never
        })
        const fiber = yield* Effect.fork(Effect.flip(stallLimit(limits, () => count)(run)))
        for (let minute = 0; minute < 20; minute++) yield* TestClock.adjust("1 minute")
        const ended = yield* Fiber.poll(fiber)
        return ended._tag === "Some" && ended.value._tag === "Success" ? ended.value.value.message : "still running"
      })
    assert.match(yield* running(6, 6), /no progress report for 1m/)
    assert.match(yield* running(1000, 6), /no new output for 10m/)
    deepStrictEqual(yield* running(1000, 1000), "still running")
  })
)

if (nativeFfmpeg._tag === "Right") {
  const { right: native } = nativeFfmpeg

  it.scopedLive("kills an ffmpeg that a signal has stopped", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const { ffmpeg } = yield* Ffmpeg
      const stall = { silence: "2 seconds", standstill: "1 minute" } as const
      const running = yield* Effect.fork(Effect.flip(ffmpeg({ ...endless(directory), stall })))
      yield* grows(join(directory, "endless.raw"))
      const [pid] = ffmpegProcesses()
      process.kill(pid ?? Number.NaN, "SIGSTOP")
      const failure = yield* Fiber.join(running)
      assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "timeout", failure.message)
      assert.match(failure.message, /no progress report for 2s/)
      yield* until("ffmpeg has ended", () => !ffmpegProcesses().includes(pid ?? 0))
    }).pipe(Effect.provide(native))
  )

  it.scopedLive("rejects a file with too many tracks", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const { ffmpeg, ffprobe } = yield* Ffmpeg
      const tracks = 201
      yield* ffmpeg({
        inputs: [],
        outputDirectory: directory,
        arguments: ({ output }) => [
          ...["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "0.1"],
          ...Array.from({ length: tracks }, () => ["-map", "0:a"]).flat(),
          ...["-c:a", "pcm_s16le", output("tracks.mov")]
        ]
      })
      const input = { path: join(directory, "tracks.mov") }
      const failure = yield* Effect.flip(ffprobe({ input, arguments: ["-show_streams"] }))
      assert.isTrue(failure._tag === "FfmpegFailed")
      assert.match(JSON.stringify(failure), /max_streams/)
    }).pipe(Effect.provide(native))
  )
} else {
  console.warn(`LEFT OUT: limits of native FFmpeg. ${nativeFfmpeg.left.message}`)
}
