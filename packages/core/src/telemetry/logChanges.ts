import { Effect, LogLevel, Option } from "effect"
import type { EventType, NewEvent } from "../domain/event/Event.ts"
import type { JobChange } from "../domain/event/jobEvents.ts"
import type { JobState } from "../domain/job/RunnerJob.ts"
import type { Observer } from "../ports/StateChanges.ts"

/** The line of each type of event. None for `video.created`: the use case that creates the video logs more facts. */
const sentences: Readonly<Record<Exclude<EventType, "video.created">, string>> = {
  "video.playable": "A video can be played",
  "video.rendition.ready": "A rendition is ready",
  "video.file.ready": "A progressive file is ready",
  "video.completed": "A video has ended",
  "video.failed": "A video has failed",
  "video.deleted": "A video was deleted",
  "captions.ready": "Captions are ready",
  "captions.failed": "Captions have failed",
  "storyboard.ready": "A storyboard is ready",
  "editing.completed": "An edit has ended",
  "editing.failed": "An edit has failed",
  "live.started": "A live has started",
  "live.ended": "A live has ended",
  "job.pending": "A job is pending",
  "job.accepted": "A job was accepted",
  "job.failed": "An attempt has failed",
  "job.completed": "A job is completed",
  "job.cancelled": "A job was cancelled",
  "runner.registered": "A runner has registered",
  "runner.online": "A runner is online",
  "runner.offline": "A runner is offline",
  "runner.updated": "A runner was changed",
  "runner.quarantined": "A runner was quarantined",
  "runner.recovered": "A runner has recovered",
  "runner.removed": "A runner was removed"
}

/** Facts of an event that belong into its line. Data of the host and names of files do not. */
const shown = ["type", "name", "state", "outcome", "final", "message", "until", "reason"] as const

const LONGEST = 300

const valueOf = (value: unknown): unknown =>
  typeof value === "string" ? (value.split("\n")[0] ?? "").slice(0, LONGEST) : value

/** The known ids as text. */
const idsOf = ({
  jobId,
  runnerId,
  videoId
}: Pick<NewEvent, "jobId" | "runnerId" | "videoId">): Readonly<Record<string, string>> => {
  const ids = {
    job: Option.map(jobId, String),
    video: Option.map(videoId, String),
    runner: Option.map(runnerId, String)
  }
  const known = Object.entries(ids).flatMap(([name, id]) => Option.toArray(Option.map(id, (text) => [name, text])))
  return Object.fromEntries(known)
}

const annotationsOf = ({ data, type, ...ids }: NewEvent): Readonly<Record<string, unknown>> => {
  const facts = data as Readonly<Record<string, unknown>>
  const told = shown.flatMap((name) => (facts[name] === undefined || facts[name] === null ? [] : [[name, facts[name]]]))
  return {
    event: type,
    ...idsOf(ids),
    ...Object.fromEntries(told.map(([name, v]) => [name, valueOf(v)]))
  }
}

const isWarning = (event: NewEvent): boolean =>
  event.type === "video.failed" ||
  event.type === "runner.quarantined" ||
  (event.type === "job.failed" && event.data.final)

const logEvent = (event: NewEvent): Effect.Effect<void> =>
  event.type === "video.created"
    ? Effect.void
    : Effect.logWithLevel(isWarning(event) ? LogLevel.Warning : LogLevel.Info, sentences[event.type]).pipe(
        Effect.annotateLogs(annotationsOf(event))
      )

/** States of jobs without an event: their listeners hear of what follows. */
const quiet: Readonly<Partial<Record<JobState, string>>> = {
  Completing: "The result of a job is stored next",
  WaitingForParent: "A job waits for another one"
}

const logJob = ({ after: { id, runnerId, state, type, videoId }, before }: JobChange): Effect.Effect<void> => {
  const sentence = state === before ? undefined : quiet[state]
  return sentence === undefined
    ? Effect.void
    : Effect.logInfo(sentence).pipe(
        Effect.annotateLogs({ ...idsOf({ jobId: Option.some(id), runnerId, videoId }), type })
      )
}

/** Writes one line for each change of state, with the ids of its job, its video and its runner. */
export const logChanges: Observer = ({ events, jobs }) =>
  Effect.zipRight(Effect.forEach(jobs, logJob, { discard: true }), Effect.forEach(events, logEvent, { discard: true }))
