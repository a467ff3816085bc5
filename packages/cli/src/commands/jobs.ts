import { Args, Command, Options } from "@effect/cli"
import { Ids, JobAdmin, type JobStore, RunnerJob } from "@runner-connector/core"
import { JobDocument } from "@runner-connector/protocol"
import { Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { firstLine, listOptions, moment, printList, type Row, whole } from "../output.ts"
import { Refusal, refusal } from "../Refusal.ts"

const rowOf = (job: RunnerJob.RunnerJob): Row => ({
  uuid: job.id,
  type: job.type,
  state: JobDocument.stateDocuments[job.state].label,
  progress: Option.match(job.progress, { onNone: () => null, onSome: (progress) => `${progress} %` }),
  priority: job.priority,
  failures: job.failures,
  runner: job.attempts.at(-1)?.runner ?? null,
  video: Option.getOrNull(job.videoId),
  updated: moment(job.updatedAt),
  error: firstLine(job.error)
})

const filters = {
  states: Options.choice("state", RunnerJob.JobState.literals).pipe(
    Options.repeated,
    Options.withDescription("Only jobs in this state; may be given several times")
  ),
  types: Options.text("type").pipe(
    Options.repeated,
    Options.withDescription("Only jobs of this type; may be given several times")
  ),
  search: Options.text("search").pipe(
    Options.optional,
    Options.withDescription("Only jobs with this text in their type or in the name of their runner")
  ),
  sort: Options.choice("sort", ["updatedAt", "createdAt", "priority", "state", "progress"]).pipe(Options.optional),
  video: Options.text("video").pipe(Options.optional, Options.withDescription("Only jobs of the video with this id"))
}

const unknown = (uuid: string) => new Refusal({ message: `There is no job ${uuid}.` })

const unknownVideo = (uuid: string) => new Refusal({ message: `There is no video ${uuid}.` })

const list = Command.make(
  "list",
  { ...listOptions, ...filters },
  ({ search, sort, states, types, video, ...options }) =>
    Effect.gen(function* () {
      const jobs = yield* JobAdmin.JobAdmin
      const filter = {
        ...(states.length > 0 ? { states } : {}),
        ...(types.length > 0 ? { types } : {}),
        ...(Option.isSome(search) ? { text: search.value } : {}),
        ...(Option.isSome(sort) ? { sort: { by: sort.value, descending: true } } : {})
      } satisfies Partial<JobStore.JobFilter>
      const none = "There is no job."
      if (Option.isNone(video)) {
        return yield* printList({
          ...{ options, none, row: rowOf },
          list: (page) => jobs.list({ ...page, ...filter })
        })
      }
      const id = yield* Effect.mapError(Schema.decodeUnknown(Ids.VideoId)(video.value), () => unknownVideo(video.value))
      const fits = ({ state, type }: RunnerJob.RunnerJob) =>
        (states.length === 0 || states.includes(state)) && (types.length === 0 || types.includes(type))
      yield* printList({ options, none, fits, row: rowOf, list: whole(jobs.ofVideo(id)) })
    })
).pipe(Command.withDescription("Lists jobs, the newest first"))

const uuidArgument = Args.text({ name: "uuid" })

const jobId = (uuid: string) => Effect.mapError(Schema.decodeUnknown(Ids.JobId)(uuid), () => unknown(uuid))

const cancel = Command.make("cancel", { uuid: uuidArgument }, ({ uuid }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    yield* jobs.cancel(yield* jobId(uuid)).pipe(
      Effect.catchTags({
        UnknownJob: () => unknown(uuid),
        JobNotCancellable: ({ state }) =>
          new Refusal({ message: `Job ${uuid} is ${state} and cannot be cancelled any more.` })
      })
    )
  })
).pipe(Command.withDescription("Cancels a job and what waits for it"))

const retry = Command.make("retry", { uuid: uuidArgument }, ({ uuid }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    yield* jobs.retry(yield* jobId(uuid)).pipe(
      Effect.catchTags({
        UnknownJob: () => unknown(uuid),
        UnknownVideo: () => new Refusal({ message: `The video of job ${uuid} is gone.` }),
        JobNotRetryable: refusal,
        JobSuperseded: refusal,
        ParentNotCompleted: refusal,
        VideoNotTranscodable: refusal
      })
    )
  })
).pipe(Command.withDescription("Tries a job again that has failed or was cancelled, and what ended with it"))

const remove = Command.make("delete", { uuid: uuidArgument }, ({ uuid }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    yield* jobs
      .remove(yield* jobId(uuid))
      .pipe(Effect.catchTags({ UnknownJob: () => unknown(uuid), JobNotRemovable: refusal }))
  })
).pipe(Command.withDescription("Cancels a job if it is open, and removes it and what waits for it"))

export const jobCommand: CommandOf<"job", JobAdmin.JobAdmin> = Command.make("job").pipe(
  Command.withDescription("Work for runners"),
  Command.withSubcommands([list, cancel, retry, remove])
)
