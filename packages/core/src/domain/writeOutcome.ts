import { Array as Arr, DateTime, Equivalence, Option } from "effect"
import type { JobAttempt } from "./job/JobAttempt.ts"
import type { RunnerJob } from "./job/RunnerJob.ts"
import type { Video } from "./video/Video.ts"

const sameMoment = Option.getEquivalence(DateTime.Equivalence)
const sameText = Option.getEquivalence(Equivalence.string)

/** The attempt, as it was written or as it ended later. */
const isLater = (now: JobAttempt, written: JobAttempt): boolean =>
  now.runner === written.runner &&
  DateTime.Equivalence(now.startedAt, written.startedAt) &&
  Option.match(written.end, {
    onNone: () => true,
    onSome: ({ at, outcome }) =>
      Option.exists(now.end, (end) => DateTime.Equivalence(end.at, at) && end.outcome === outcome)
  })

/**
 * Whether the stored job shows that this write of it took effect, given the revision at which the job was read. The next
 * revision must have the written state. A later one must have the last attempt of the write in its history.
 */
export const isJobWritten = (written: RunnerJob, stored: RunnerJob): boolean => {
  if (stored.revision <= written.revision) return false
  const last = Arr.last(written.attempts)
  const hasAttempt = Option.match(last, {
    onNone: () => stored.attempts.length === 0,
    onSome: (attempt) => stored.attempts.some((now) => isLater(now, attempt))
  })
  if (stored.revision > written.revision + 1) return hasAttempt && Option.isSome(last)
  return (
    hasAttempt &&
    stored.state === written.state &&
    sameText(stored.attemptId, written.attemptId) &&
    DateTime.Equivalence(stored.updatedAt, written.updatedAt)
  )
}

/** The same for a video. After further writes, the moment of its end shows that it was ended by this one. */
export const isVideoWritten = (written: Video, stored: Video): boolean => {
  if (stored.revision <= written.revision) return false
  const isEnd = Option.isSome(written.endedAt) && sameMoment(stored.endedAt, written.endedAt)
  if (stored.revision > written.revision + 1) return isEnd
  return (
    stored.state === written.state &&
    sameMoment(stored.endedAt, written.endedAt) &&
    sameText(stored.playlistKey, written.playlistKey) &&
    DateTime.Equivalence(stored.updatedAt, written.updatedAt)
  )
}
