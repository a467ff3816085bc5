import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import * as Media from "../../src/testing/media.ts"
import { faults } from "./faults.ts"
import type { Row } from "./injectFaults.ts"
import type { Process } from "./Process.ts"
import { upload } from "./results.ts"
import { type Scenario, sweep } from "./sweep.ts"
import { asTimeGoesBy } from "./time.ts"

/** The key of the upload. */
export const key = FileKey.make("uploads/1/cat.mov")

/** Stores a file and makes a video of it in one scope, like a host. */
export const takeUpload = (server: Process) =>
  Effect.gen(function* () {
    yield* server.uploads.adopt(key, upload(server.world, "cat.mov", Media.aVideo()))
    return yield* server.transcoding.transcodeVideo({ path: key, destination: "videos/cat" })
  }).pipe(Effect.scoped)

/** The upload has its video afterwards, or is removed. */
const scenario: Scenario<void> = {
  given: () => Effect.void,
  when: takeUpload,
  afterwards: (other) =>
    Effect.gen(function* () {
      for (const _ of ["the file", "its record"]) {
        yield* TestClock.adjust("20 minutes")
        yield* asTimeGoesBy(other.upkeep)
      }
      const hasVideo = other.world.state.videos.size === 1
      const files = yield* other.world.files
      if (hasVideo) assert.include(files, key)
      else deepStrictEqual(files, [])
      assert.strictEqual(other.world.state.uploads.size, 0)
    })
}

/** An upload that a host hands over. */
export const uploadScenario: Row = {
  name: "an upload has its video, or is removed",
  faults,
  quick: ["fails although it was done", "sees the server die"],
  atLeast: 5,
  run: (fault, others) => sweep(scenario, fault, others)
}
