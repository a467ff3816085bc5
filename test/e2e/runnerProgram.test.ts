import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { bundled } from "../../scripts/bundle.mjs"
import * as RunnerProgram from "./support/RunnerProgram.ts"

const program = Effect.promise(() => bundled("packages/local-runner/src/program/main.ts"))

describe("the program of the runner with invalid settings", () => {
  it.scopedLive("ends with all problems of its settings", () =>
    Effect.gen(function* () {
      const args = ["--url", "media.example", "--concurrancy", "2", "--encoder", "libx265"]
      const runner = yield* RunnerProgram.launch(yield* program, args)
      deepStrictEqual(yield* runner.ended, { code: 2, signal: null })
      const [unknown, url, encoder, ...others] = (yield* runner.log).trim().split("\n")
      assert.strictEqual(unknown, "--concurrancy: unknown, --concurrency is similar")
      assert.match(String(url), /^--url: expected an http or https address/)
      assert.match(String(encoder), /^--encoder: expected one of .*, libx264 is similar$/)
      deepStrictEqual(others, [])
    })
  )

  it.scopedLive("ends when it needs a registration token and has none", () =>
    Effect.gen(function* () {
      const args = ["--url", "http://127.0.0.1:1"]
      const runner = yield* RunnerProgram.launch(yield* program, args, { HOME: "/nowhere" })
      deepStrictEqual(yield* runner.ended, { code: 2, signal: null })
      assert.match(yield* runner.log, /^--registration-token: expected one for the first start at http:\/\/127/m)
    })
  )
})
