import { Args, Command } from "@effect/cli"
import { Ids, JobAdmin } from "@runner-connector/core"
import { JobDocument } from "@runner-connector/protocol"
import { DateTime, Effect, Option, Schema } from "effect"
import { Refusal, refusal } from "../Failure.ts"
import { PAGE, printRows } from "./table.ts"

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    const { data } = yield* jobs.list(PAGE)
    const rows = data.map((job) => ({
      uuid: job.id,
      type: job.type,
      state: JobDocument.stateDocuments[job.state].label,
      progress: Option.match(job.progress, { onNone: () => "-", onSome: (progress) => `${progress} %` }),
      failures: String(job.failures),
      updated: DateTime.formatIso(job.updatedAt),
      error: Option.getOrElse(job.error, () => "").split("\n")[0] ?? ""
    }))
    yield* printRows(rows, "There is no job.")
  })
).pipe(Command.withDescription("Lists the hundred newest jobs"))

const unknown = (uuid: string) => new Refusal({ message: `There is no job ${uuid}.` })

const cancel = Command.make("cancel", { uuid: Args.text({ name: "uuid" }) }, ({ uuid }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    const id = yield* Effect.mapError(Schema.decodeUnknown(Ids.JobId)(uuid), () => unknown(uuid))
    yield* jobs.cancel(id).pipe(
      Effect.catchTags({
        UnknownJob: () => unknown(uuid),
        JobNotCancellable: ({ state }) =>
          new Refusal({ message: `Job ${uuid} is ${state} and cannot be cancelled any more.` })
      })
    )
  })
).pipe(Command.withDescription("Cancels a job and what waits for it"))

const retry = Command.make("retry", { uuid: Args.text({ name: "uuid" }) }, ({ uuid }) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    const id = yield* Effect.mapError(Schema.decodeUnknown(Ids.JobId)(uuid), () => unknown(uuid))
    yield* jobs.retry(id).pipe(
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

export const jobCommand = Command.make("job").pipe(
  Command.withDescription("Work for runners"),
  Command.withSubcommands([list, cancel, retry])
)
