import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Option } from "effect"
import { cursorOf } from "../../../src/domain/event/EventCursor.ts"
import { EventId, JobId, VideoId } from "../../../src/domain/Ids.ts"
import { webhookBody } from "../../../src/domain/webhook/webhookBody.ts"

it("the body has the type, the moment, and the facts with the ids of their subjects", () => {
  const [videoId, jobId] = [crypto.randomUUID(), crypto.randomUUID()]
  const body = webhookBody({
    id: EventId.make(crypto.randomUUID()),
    cursor: cursorOf(1n, 2n),
    type: "job.failed",
    occurredAt: DateTime.unsafeMake("2026-01-02T03:04:05.678Z"),
    videoId: Option.some(VideoId.make(videoId)),
    jobId: Option.some(JobId.make(jobId)),
    runnerId: Option.none(),
    data: { type: "vod-hls-transcoding", outcome: "failed", final: true, message: "no" }
  })
  deepStrictEqual(JSON.parse(body), {
    type: "job.failed",
    timestamp: "2026-01-02T03:04:05.678Z",
    data: {
      videoId,
      jobId,
      runnerId: null,
      type: "vod-hls-transcoding",
      outcome: "failed",
      final: true,
      message: "no"
    }
  })
})
