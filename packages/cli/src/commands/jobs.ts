import { Command, Options } from "@effect/cli"
import { Ids, JobAdmin, JobStore, RunnerJob } from "@runner-connector/core"
import { JobDocument, type JobDocumentNeeds, makeJobDocuments } from "@runner-connector/protocol"
import { Console, Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { firstLine, json, listOptions, moment, printFacts, printList, type Row } from "../output.ts"
import { Refusal, refusal, retryRefusals } from "../Refusal.ts"
import { forEach, jobIdOf, priority, priorityOf, unknownJob, uuid, uuids, videoIdOf } from "./given.ts"

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
    Options.withDescription(
      "Only the job with this UUID, or jobs with this text in their type or in the name of their runner"
    )
  ),
  runner: Options.integer("runner").pipe(
    Options.optional,
    Options.withDescription("Only jobs that the runner with this id has or had last")
  ),
  video: Options.text("video").pipe(Options.optional, Options.withDescription("Only jobs of the video with this id")),
  label: Options.text("label").pipe(
    Options.optional,
    Options.withDescription("Only jobs whose runner must have this label")
  ),
  rendition: Options.text("rendition").pipe(
    Options.optional,
    Options.withDescription("The jobs of the chunks of this rendition. Other lists have one row for a rendition")
  ),
  sort: Options.choice("sort", ["updatedAt", "createdAt", "priority", "state", "progress"]).pipe(Options.optional),
  ascending: Options.boolean("ascending").pipe(Options.withDescription("Sort in ascending order"))
}

type Filters = Command.Command.ParseConfig<typeof filters>

/** What a text stands for, as in the API. */
const searched = (text: string): Pick<JobStore.JobFilter, "id" | "text"> =>
  Schema.is(Schema.UUID)(text) ? { id: Ids.JobId.make(text.toLowerCase()) } : { text }

const filterOf = ({ ascending, label, rendition, runner, search, sort, states, types, video }: Filters) =>
  Effect.gen(function* () {
    const videoId = yield* Effect.transposeMapOption(video, videoIdOf)
    return {
      ...(states.length > 0 ? { states } : {}),
      ...(types.length > 0 ? { types } : {}),
      ...Option.match(search, { onNone: () => ({}), onSome: searched }),
      ...(Option.isSome(label) ? { label: label.value } : {}),
      ...(Option.isSome(runner) ? { runnerId: Ids.RunnerId.make(runner.value) } : {}),
      ...(Option.isSome(videoId) ? { videoId: videoId.value } : {}),
      ...(Option.isSome(rendition) ? { renditionId: rendition.value } : {}),
      sort: { by: Option.getOrElse(sort, () => "createdAt" as const), descending: !ascending }
    } satisfies Partial<JobStore.JobFilter>
  })

/** As `JobStore.list` does, because these columns have no index. */
const isCapped = ({ by }: { readonly by: string }) => by === "updatedAt" || by === "progress"

const capped = ({ by }: { readonly by: string }) =>
  `Sorted by ${by}, the list has at most the newest ${JobStore.MAX_SORTED_JOBS} jobs of each state.`

const list = Command.make("list", { ...listOptions, ...filters }, ({ all, json, limit, ...filters }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    const filter = yield* filterOf(filters)
    const count = yield* printList({
      ...{ options: { all, json, limit }, none: "There is no job.", row: rowOf },
      list: (page) => jobs.list({ ...page, ...filter })
    })
    if (count >= JobStore.MAX_SORTED_JOBS && isCapped(filter.sort)) yield* Console.error(capped(filter.sort))
  })
).pipe(Command.withDescription("Lists jobs, the newest first. A rendition in chunks has one row"))

const show = Command.make("show", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    const documentsOf = yield* makeJobDocuments
    const { data } = yield* jobs.list({ start: 0, count: 1, id: yield* jobIdOf(uuid) })
    const [document] = yield* documentsOf(data)
    yield* document === undefined ? unknownJob(uuid) : printFacts(json, document)
  })
).pipe(Command.withDescription("Shows all of a job, without secrets. `why` explains it in sentences"))

const cancelOne = (uuid: string) =>
  Effect.gen(function* () {
    const { cancel } = yield* JobAdmin.JobAdmin
    yield* cancel(yield* jobIdOf(uuid)).pipe(
      Effect.catchTags({
        UnknownJob: () => unknownJob(uuid),
        JobNotCancellable: ({ state }) =>
          new Refusal({ message: `Job ${uuid} is ${state} and cannot be cancelled any more.` })
      })
    )
  })

const retryOne = (uuid: string) =>
  Effect.gen(function* () {
    const { retry } = yield* JobAdmin.JobAdmin
    yield* retry(yield* jobIdOf(uuid)).pipe(
      Effect.catchTags({
        UnknownJob: () => unknownJob(uuid),
        UnknownVideo: () => new Refusal({ message: `The video of job ${uuid} is gone.` }),
        ...retryRefusals
      })
    )
  })

const removeOne = (uuid: string) =>
  Effect.gen(function* () {
    const { remove } = yield* JobAdmin.JobAdmin
    yield* remove(yield* jobIdOf(uuid)).pipe(
      Effect.catchTags({ UnknownJob: () => unknownJob(uuid), JobNotRemovable: refusal })
    )
  })

const moveOne = (to: number) => (uuid: string) =>
  Effect.gen(function* () {
    const { changePriority } = yield* JobAdmin.JobAdmin
    yield* changePriority(yield* jobIdOf(uuid), to).pipe(
      Effect.catchTags({ UnknownJob: () => unknownJob(uuid), JobEnded: refusal })
    )
  })

const move = Command.make("priority", { uuids, priority, json }, ({ json, priority, uuids }) =>
  Effect.flatMap(priorityOf(priority), (to) => forEach(uuids, moveOne(to), json))
).pipe(Command.withDescription("Moves open jobs to another priority; of a rendition in chunks all open chunks"))

const cancel = Command.make("cancel", { uuids, json }, ({ json, uuids }) => forEach(uuids, cancelOne, json)).pipe(
  Command.withDescription("Cancels jobs and what waits for them")
)

const retry = Command.make("retry", { uuids, json }, ({ json, uuids }) => forEach(uuids, retryOne, json)).pipe(
  Command.withDescription("Tries jobs again that have failed or were cancelled, and what ended with them")
)

const remove = Command.make("delete", { uuids, json }, ({ json, uuids }) => forEach(uuids, removeOne, json)).pipe(
  Command.withDescription("Cancels jobs if they are open, and removes them and what waits for them")
)

export const jobCommand: CommandOf<"job", JobDocumentNeeds> = Command.make("job").pipe(
  Command.withDescription("Work for runners"),
  Command.withSubcommands([list, show, move, cancel, retry, remove])
)
