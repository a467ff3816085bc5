import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import type { JobAttempt } from "../../src/domain/job/JobAttempt.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { isJobWritten, isVideoWritten } from "../../src/domain/writeOutcome.ts"
import { aJobIn, aVideo, before, key, now, uuid } from "./fixtures.ts"

const later = DateTime.add(now, { minutes: 1 })

const attempt = (over: Partial<JobAttempt> = {}): JobAttempt => ({
  ...{ runner: "gpu-1", version: Option.none(), startedAt: before, end: Option.none() },
  ...over
})

const end = (outcome: "failed" | "aborted", at = now): JobAttempt["end"] =>
  Option.some({ at, outcome, message: Option.none() })

describe("a job whose write had an unknown outcome", () => {
  const written = aJobIn("Processing", { revision: 4, updatedAt: now, attempts: [attempt()] })
  const isWritten = (over: Partial<RunnerJob>, by: RunnerJob = written) =>
    isJobWritten(by, { ...by, revision: 5, ...over })

  it("was written when the next revision has its state", () => {
    assert.isTrue(isWritten({}))
    assert.isFalse(isWritten({ revision: 4 }))
    assert.isFalse(isWritten({ revision: 3 }))
    assert.isFalse(isWritten({ state: "Pending" }))
    assert.isFalse(isWritten({ attemptId: Option.some(uuid(1)) }))
    assert.isFalse(isWritten({ updatedAt: later }))
    assert.isFalse(isWritten({ attempts: [] }))
  })

  it("without attempts was written when there are none, and a later revision cannot tell", () => {
    const fresh = aJobIn("Pending", { revision: 4, updatedAt: now, attempts: [] })
    assert.isTrue(isWritten({}, fresh))
    assert.isFalse(isWritten({ attempts: [attempt()] }, fresh))
    assert.isFalse(isWritten({ revision: 6 }, fresh))
  })

  it("was written when a later revision has its attempt, ended or not", () => {
    const moved = { revision: 6, state: "Completed", attemptId: Option.none(), updatedAt: later } as const
    assert.isTrue(isWritten(moved))
    assert.isTrue(isWritten({ ...moved, attempts: [attempt({ end: end("failed") }), attempt({ runner: "gpu-2" })] }))
    assert.isFalse(isWritten({ ...moved, attempts: [attempt({ runner: "gpu-2" })] }))
    assert.isFalse(isWritten({ ...moved, attempts: [attempt({ startedAt: now })] }))
  })

  it("was written when a later revision has its attempt with the same end", () => {
    const failed = aJobIn("Pending", { revision: 4, updatedAt: now, attempts: [attempt({ end: end("failed") })] })
    const moved = (last: JobAttempt["end"]) => isWritten({ revision: 6, attempts: [attempt({ end: last })] }, failed)
    assert.isTrue(moved(end("failed")))
    assert.isFalse(moved(end("aborted")))
    assert.isFalse(moved(end("failed", later)))
    assert.isFalse(moved(Option.none()))
  })
})

describe("a video whose write had an unknown outcome", () => {
  const written = aVideo({ revision: 4, state: "Published", updatedAt: now, endedAt: Option.some(now) })
  const isWritten = (over: Partial<Video>, by: Video = written) => isVideoWritten(by, { ...by, revision: 5, ...over })

  it("was written when the next revision has its state", () => {
    assert.isTrue(isWritten({}))
    assert.isFalse(isWritten({ revision: 4 }))
    assert.isFalse(isWritten({ state: "ToTranscode" }))
    assert.isFalse(isWritten({ endedAt: Option.none() }))
    assert.isFalse(isWritten({ playlistKey: Option.some(key("videos/cat/other.m3u8")) }))
    assert.isFalse(isWritten({ updatedAt: later }))
  })

  it("was written when a later revision has the moment of its end", () => {
    assert.isTrue(isWritten({ revision: 6, updatedAt: later }))
    assert.isFalse(isWritten({ revision: 6, endedAt: Option.some(later) }))
    assert.isFalse(isWritten({ revision: 6 }, aVideo({ revision: 4, updatedAt: now, endedAt: Option.none() })))
  })
})
