import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { JobId, RunnerId, VideoId } from "../../src/domain/Ids.ts"
import { pending } from "../../src/domain/job/RunnerJob.ts"
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

it.effect("a job has one line for each state, with its job, its video and its runner", () =>
  Effect.gen(function* () {
    const at = DateTime.unsafeMake(0)
    const job = pending({
      id: JobId.make("5b1f0f7e-1d2f-4c27-8f0e-3c0c3a0f0001"),
      type: "vod-hls-transcoding",
      payload: {},
      privatePayload: {},
      priority: 100,
      videoId: Option.some(VideoId.make("5b1f0f7e-1d2f-4c27-8f0e-3c0c3a0f0002")),
      createdAt: at
    })
    const held = { ...job, runnerId: Option.some(RunnerId.make(7)) }
    const jobs = [
      { before: undefined, after: { ...job, state: "WaitingForParent" } },
      { before: "Processing", after: { ...held, state: "Completing" } },
      { before: "Completing", after: { ...held, state: "Completing" } },
      { before: "Pending", after: { ...held, state: "Processing" } }
    ] as const
    const [, log] = yield* withLog(logChanges({ events: [], jobs, videos: [] }))
    const lines = log.split("\n").filter((line) => line.startsWith("timestamp="))
    assert.lengthOf(lines, 2, "the other states have events")
    assert.match(lines[0] ?? "", /message="A job waits for another one"/)
    assert.match(lines[1] ?? "", /message="The result of a job is stored next"/)
    const ids = [`job=${job.id}`, "video=5b1f0f7e-1d2f-4c27-8f0e-3c0c3a0f0002", "runner=7", "type=vod-hls-transcoding"]
    for (const part of ids) assert.include(lines[1] ?? "", part)
  })
)
