import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { ReceivedResult } from "../../domain/job/ReceivedResult.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import type { UploadedFile } from "../../jobs/UploadedFile.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { AttemptLost } from "../errors.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { type Guard, makeAdvance } from "./advance.ts"
import { Completion } from "./Completion.ts"
import { stillStoring } from "./Publishing.ts"
import { makeJobWritten } from "./written.ts"

/** The files of a received result, found again. */
export interface FoundFiles {
  /** By the names of their members. */
  readonly files: Readonly<Record<string, UploadedFile>>
  /** Removes the files. Runs once they are no longer needed. */
  readonly release: Effect.Effect<void>
  /** Leaves the files where they are, because the result was not taken over. */
  readonly letGo: Effect.Effect<void>
}

/** Finds the files of a received result on this server. None unless all of them are there and complete. */
export type FindFiles = (job: RunnerJob, received: ReceivedResult) => Effect.Effect<Option.Option<FoundFiles>>

/** Continues to store results whose server died. */
export class Resumption extends Context.Tag("@runner-connector/core/Resumption")<
  Resumption,
  {
    /**
     * Takes over every silent result whose files `find` finds on this server, and stores it. Of several servers that
     * find the same files one takes them over. The keeper of received files calls it periodically.
     */
    readonly resume: (find: FindFiles) => Effect.Effect<void, PersistenceError>
  }
>() {}

/** Permits continuing only while the process that stores the result is as silent as when the job was listed. */
const stillSilent =
  (listed: RunnerJob): Guard<AttemptLost> =>
  (job) =>
    Effect.zipRight(
      stillStoring(listed)(job),
      DateTime.Equivalence(job.updatedAt, listed.updatedAt) ? Effect.void : new AttemptLost({ id: job.id })
    )

/** Takes a result over and begins to store it, unless another process was faster. */
const makeTakeOver = Effect.gen(function* () {
  const store = yield* JobStore
  const types = yield* JobTypes
  const completion = yield* Completion
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeJobWritten
  const { decide } = yield* makeAdvance

  return (job: RunnerJob, received: ReceivedResult, { files, letGo, release }: FoundFiles) =>
    Effect.gen(function* () {
      const type = yield* types.find(job.type)
      const result: unknown = yield* Schema.decodeUnknown(type.result)({ ...received.fields, ...files })
      const { changed } = yield* decide(job.id, stillSilent(job), JobEvent.StoringResumed())
      yield* afterCommit.run({
        write: store.commit(changed),
        written: wasWritten(changed[0]),
        effects: () => Effect.asVoid(completion.start({ job: changed[0], result, release, synced: Effect.void }))
      })
      yield* Effect.logInfo("A result is stored from the files that were received").pipe(
        Effect.annotateLogs({ job: job.id })
      )
    }).pipe(
      Effect.catchAll((error) => Effect.zipRight(letGo, Effect.logDebug("A received result was not taken over", error)))
    )
})

const make = Effect.gen(function* () {
  const { completionSilence, maxInterruptions } = yield* ConnectorConfig
  const store = yield* JobStore
  const completion = yield* Completion
  const takeOver = yield* makeTakeOver

  const resumeOne = (find: FindFiles) => (job: RunnerJob) =>
    Effect.gen(function* () {
      if (Option.isNone(job.received) || completion.isStoring(job)) return
      // The interruption with the last number is left to upkeep, which counts it as a failure.
      if (job.interruptions + 1 >= maxInterruptions) return
      const found = yield* find(job, job.received.value)
      if (Option.isSome(found)) yield* takeOver(job, job.received.value, found.value)
    })

  return Resumption.of({
    resume: spanned("Resumption.resume")(function* (find) {
      const since = DateTime.subtractDuration(yield* DateTime.now, completionSilence)
      const silent = yield* store.listSilent({ state: "Completing", since })
      yield* Effect.forEach(silent, resumeOne(find), { discard: true })
    })
  })
})

/** Resumption over the ports. */
export const layer: Layer.Layer<
  Resumption,
  never,
  Effect.Effect.Context<typeof makeAdvance> | JobStore | JobTypes | ConnectorConfig | Completion | AfterCommit
> = Layer.effect(Resumption, make)
