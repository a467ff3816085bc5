import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { RunnerId } from "../../src/domain/Ids.ts"
import { logChanges } from "../../src/telemetry/logChanges.ts"
import { withLog } from "../support/calls.ts"

it.effect("a quarantine is a warning with its end and its reason", () =>
  Effect.gen(function* () {
    const event = {
      type: "runner.quarantined",
      occurredAt: DateTime.unsafeMake(0),
      videoId: Option.none(),
      jobId: Option.none(),
      runnerId: Option.some(RunnerId.make(7)),
      data: { name: "gpu-1", until: "2027-01-01T00:00:00.000Z", reason: "3 jobs failed in a row\nwith a log" }
    } as const
    const [, log] = yield* withLog(logChanges({ events: [event], jobs: [], videos: [] }))
    assert.match(log, /level=WARN .*message="A runner was quarantined"/)
    for (const part of [
      "runner=7",
      "name=gpu-1",
      "until=2027-01-01T00:00:00.000Z",
      'reason="3 jobs failed in a row"'
    ]) {
      assert.include(log, part)
    }
  })
)
