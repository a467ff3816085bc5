import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Logger, LogLevel } from "effect"
import { api, assertPublished } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import { serverPair } from "./support/serverPair.ts"
import { shiftedClock } from "./support/shiftedClock.ts"
import { until } from "./support/waiting.ts"

/** A busy machine may delay the reports of a runner by seconds. */
const patient = { RUNNER_VOD_SILENCE: "1 minute", RUNNER_COMPLETION_SILENCE: "1 minute" }

const onClock = (hours: number) => ({ ...patient, ...shiftedClock(hours) })

describe("servers whose clocks are hours apart", () => {
  it.scopedLive(
    "leave jobs to their runners, delete nothing early, and give the same times",
    () =>
      Effect.gen(function* () {
        const { first, folder, second } = yield* serverPair(onClock(1), onClock(-1))
        const [ahead, behind] = [api(first.url), api(second.url)]
        assert.match(yield* first.log, /The clock of this machine is (?:359|360)\d(?:\.\d)? seconds ahead of/)
        assert.match(yield* second.log, /The clock of this machine is (?:359|360)\d(?:\.\d)? seconds behind/)

        const started = yield* Clock.currentTimeMillis
        const clip = yield* makeClip(folder, "clip.mp4", { size: "640x360", seconds: 8 })
        const one = yield* ahead.upload(clip)
        const other = yield* behind.upload(fixture("moov-last.mp4"))
        // Each server looks for silent runners several times meanwhile.
        const isAtWork = Effect.map(behind.video(one.uuid), ({ jobs }) =>
          jobs.some(({ progress }) => Number(progress) > 0)
        )
        yield* until("a runner works", isAtWork, (atWork) => atWork)
        assertPublished(yield* behind.settled(one.uuid), [144, 240, 360])
        assertPublished(yield* ahead.settled(other.uuid), [144])
        const ended = yield* Clock.currentTimeMillis

        const { data } = yield* behind.videos
        for (const { attempts, failures } of data.flatMap(({ jobs }) => jobs)) {
          assert.strictEqual(failures, 0)
          assert.lengthOf(attempts, 1, "no server has taken the job from its runner")
          for (const { endedAt, startedAt } of attempts) {
            assert.isAtLeast(Date.parse(startedAt), started - 1000)
            assert.isAtMost(Date.parse(String(endedAt)), ended + 1000)
          }
        }
      }).pipe(Effect.provide([Engine, Logger.minimumLogLevel(LogLevel.Warning)])),
    300_000
  )
})
