import { Args, Command } from "@effect/cli"
import {
  type Chunking,
  FileNames,
  Ids,
  JobAdmin,
  RenditionJobs,
  type Video,
  VideoStore,
  WaitingFor
} from "@runner-connector/core"
import { JobDocument } from "@runner-connector/protocol"
import { Console, Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { listOptions, moment, printJson, withoutControls } from "../output.ts"
import { Refusal } from "../Refusal.ts"

type Reasons = Effect.Effect.Success<ReturnType<JobAdmin.JobAdmin["Type"]["explain"]>>

const answerOf = (row: RenditionJobs.RenditionJob, reasons: Reasons) => {
  const { chunks, job } = row
  const reason = reasons.get(job.id)
  return {
    job: job.id,
    type: job.type,
    state: JobDocument.stateDocuments[job.state].label,
    waitingFor: reason === undefined ? null : WaitingFor.describe(reason),
    progress: Option.getOrNull(RenditionJobs.progressOf(row)),
    chunks: Option.getOrNull(Option.map(chunks, ({ completed, total }) => ({ completed, total }))),
    failures: job.failures,
    error: Option.getOrNull(job.error),
    attempts: job.attempts.map(({ end, runner, startedAt }) => ({
      runner,
      startedAt: moment(startedAt),
      endedAt: Option.getOrNull(Option.map(end, ({ at }) => moment(at))),
      outcome: Option.getOrNull(Option.map(end, ({ outcome }) => outcome)),
      message: Option.getOrNull(Option.flatMap(end, ({ message }) => message))
    }))
  }
}

type Answer = ReturnType<typeof answerOf>

const stateOf = ({ chunks, progress, state }: Answer): string =>
  [
    state,
    ...(progress === null || progress === 100 ? [] : [`${progress} %`]),
    ...(chunks === null ? [] : [`${chunks.completed} of ${chunks.total} chunks`])
  ].join(", ")

const linesOf = (answer: Answer): ReadonlyArray<string> => [
  `${answer.type} ${answer.job}: ${stateOf(answer)}`,
  ...(answer.waitingFor === null ? [] : [`  waits for ${answer.waitingFor}`]),
  ...(answer.error === null
    ? []
    : `error: ${answer.error}`.split("\n").map((line, at) => `${at === 0 ? "  " : "    "}${line}`)),
  ...answer.attempts.map(({ endedAt, message, outcome, runner, startedAt }) => {
    const end = outcome === null ? "is running" : `${outcome} at ${endedAt}`
    return `  attempt of ${runner} since ${startedAt}: ${end}${message === null ? "" : ` (${message.split("\n")[0]})`}`
  })
]

const chunkingLines = ({ reason, state }: Chunking.Chunking): ReadonlyArray<string> => [
  ...(state === "cutting" ? ["  a server cuts it into chunks"] : []),
  ...(reason === undefined ? [] : [`  ${reason}`])
]

const print = (json: boolean, video: Option.Option<Video.Video>, answers: ReadonlyArray<Answer>) => {
  if (json)
    return printJson({ video: Option.getOrNull(Option.map(video, ({ id, state }) => ({ id, state }))), jobs: answers })
  const head = Option.match(video, {
    onNone: () => [],
    onSome: (found) => [
      `${FileNames.displayName(found)} ${found.id}: ${found.state}`,
      ...Option.match(found.chunking, { onNone: () => [], onSome: chunkingLines })
    ]
  })
  return Console.log([...head, ...answers.flatMap(linesOf)].map(withoutControls).join("\n"))
}

export const whyCommand: CommandOf<"why", JobAdmin.JobAdmin | VideoStore.VideoStore> = Command.make(
  "why",
  { uuid: Args.text({ name: "uuid" }), json: listOptions.json },
  (given) =>
    Effect.gen(function* () {
      const jobs = yield* JobAdmin.JobAdmin
      const unknown = () => new Refusal({ message: `There is neither a job nor a video ${given.uuid}.` })
      const uuid = yield* Effect.mapError(Schema.decodeUnknown(Schema.UUID)(given.uuid), unknown)
      const { data } = yield* jobs.list({ start: 0, count: 1, id: Ids.JobId.make(uuid) })
      const video = yield* (yield* VideoStore.VideoStore).find(Ids.VideoId.make(uuid))
      if (data.length === 0 && Option.isNone(video)) return yield* unknown()
      const found = yield* data.length > 0
        ? Effect.succeed(data.map((job) => ({ job, chunks: Option.none() })))
        : Effect.map(jobs.ofVideo(Ids.VideoId.make(uuid)), RenditionJobs.byRendition)
      const reasons = yield* jobs.explain(found.map(({ job }) => job))
      yield* print(
        given.json,
        video,
        found.map((row) => answerOf(row, reasons))
      )
    })
).pipe(
  Command.withDescription(
    "Explains the state of a job, or of a video and its jobs: reasons, errors, attempts. A rendition in chunks is one job"
  )
)
