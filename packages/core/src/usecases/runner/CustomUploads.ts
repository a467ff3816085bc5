import { Context, Effect, Layer, Option, type Redacted } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId } from "../../domain/Ids.ts"
import { waitingKey } from "../../domain/job/CustomUploads.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { resultFiles } from "../../jobs/resultFiles.ts"
import type { UploadedFile } from "../../jobs/UploadedFile.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { hashToken } from "../../ports/Tokens.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { UnknownJob } from "../errors.ts"
import { type Claim, JobLease } from "./JobLease.ts"

/** Which file of which try is meant. Whoever knows it may bring this file, and nothing else. */
export interface UploadAddress {
  readonly id: JobId
  /** See `uploadKeyOf`. */
  readonly key: Redacted.Redacted<string>
  /** The name of the result's member. */
  readonly file: string
}

/** A file that waits in storage for the result that it belongs to. */
export interface WaitingFile {
  readonly file: string
  readonly key: FileKey
}

/** Files of results that runners bring one by one, before they hand the result in. Nothing, unless it is switched on. */
export class CustomUploads extends Context.Tag("@runner-connector/core/CustomUploads")<
  CustomUploads,
  {
    /** The files that a runner may bring so for a job of this type. */
    readonly offered: (type: string) => ReadonlyArray<string>
    /** Passes while the try is under way for which the address was given out. */
    readonly check: (address: UploadAddress) => Effect.Effect<void, UnknownJob | PersistenceError>
    /**
     * Takes the file over, in place of one that was brought before. The job notes it first, so whoever ends the try
     * knows what to remove. To be left to finish.
     */
    readonly store: (
      address: UploadAddress,
      upload: UploadedFile
    ) => Effect.Effect<void, UnknownJob | PersistenceError | FileStorageError>
    /** What waits for the result of the job while it is being processed by whoever claims it. */
    readonly waiting: (claim: Claim) => Effect.Effect<ReadonlyArray<WaitingFile>, UnknownJob | PersistenceError>
  }
>() {}

const make = Effect.gen(function* () {
  const { customUploads } = yield* ConnectorConfig
  const types = yield* JobTypes
  const store = yield* JobStore
  const storage = yield* FileStorage
  const lease = yield* JobLease

  const offered = (name: string): ReadonlyArray<string> =>
    Option.match(customUploads ? types.find(name) : Option.none(), { onNone: () => [], onSome: resultFiles })

  const find = Effect.fnUntraced(function* ({ file, id, key }: UploadAddress) {
    const hash = yield* hashToken(key)
    const [job] = yield* store.family(id)
    const isTheirs = job?.state === "Processing" && Option.contains(job.jobTokenHash, hash)
    if (!isTheirs || Option.isNone(job.runnerId) || Option.isNone(job.attemptId) || !offered(job.type).includes(file)) {
      return yield* new UnknownJob({ id })
    }
    return { job, waits: waitingKey(job.attemptId.value, file) }
  })

  const note = (job: RunnerJob, file: string) =>
    job.uploads.includes(file) ? Effect.void : store.commit([{ ...job, uploads: [...job.uploads, file] }])

  return CustomUploads.of({
    offered,
    check: Effect.fn("CustomUploads.check")((address) => Effect.asVoid(find(address))),
    store: Effect.fn("CustomUploads.store")(function* (address, { contentType, path }) {
      const { waits } = yield* retryConflicts(Effect.tap(find(address), ({ job }) => note(job, address.file)))
      yield* storage.adopt(waits, path, { contentType })
      // Whoever ended the try in between has removed what was there at that moment.
      yield* Effect.tapErrorTag(find(address), "UnknownJob", () => storage.remove(waits))
    }),
    waiting: Effect.fn("CustomUploads.waiting")(function* (claim) {
      if (!customUploads) return []
      const { job } = yield* lease.find(claim)
      const id = Option.getOrUndefined(job.attemptId)
      if (job.state !== "Processing" || id === undefined) return []
      return job.uploads.map((file) => ({ file, key: waitingKey(id, file) }))
    })
  })
})

/** Files brought before their result, over the ports. */
export const layer: Layer.Layer<CustomUploads, never, JobStore | FileStorage | JobTypes | ConnectorConfig | JobLease> =
  Layer.effect(CustomUploads, make)
