import { Context, Effect, Layer, Option, type Redacted } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId } from "../../domain/Ids.ts"
import { waitingKey } from "../../domain/job/CustomUploads.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { filesIn } from "../../jobs/filesIn.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import type { UploadedFile } from "../../jobs/UploadedFile.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashToken } from "../../ports/Tokens.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { UnknownJob } from "../errors.ts"
import { type Claim, JobLease } from "./JobLease.ts"

/** The file and the attempt of an upload. Its holder may upload this file and nothing else. */
export interface UploadAddress {
  readonly id: JobId
  /** See `uploadKeyOf`. */
  readonly key: Redacted.Redacted<string>
  /** The name of the member of the result. */
  readonly file: string
}

/** A file in storage that waits for its result. */
export interface WaitingFile {
  readonly file: string
  readonly key: FileKey
}

/** Result files that runners upload one by one before `success`. Empty unless enabled. */
export class CustomUploads extends Context.Tag("@runner-connector/core/CustomUploads")<
  CustomUploads,
  {
    /** The files that a runner may upload this way for a job of this type. */
    readonly offered: (type: string) => ReadonlyArray<string>
    /** Succeeds while the attempt of the URL is running. */
    readonly check: (address: UploadAddress) => Effect.Effect<void, UnknownJob | PersistenceError>
    /**
     * Takes the file and replaces an earlier one. The job records it first, so that the end of the attempt removes it.
     * Must not be interrupted.
     */
    readonly store: (
      address: UploadAddress,
      upload: UploadedFile
    ) => Effect.Effect<void, UnknownJob | PersistenceError | FileStorageError>
    /** The files that wait for the result of the leased job. */
    readonly waiting: (claim: Claim) => Effect.Effect<ReadonlyArray<WaitingFile>, UnknownJob | PersistenceError>
  }
>() {}

/** The files that the runner has uploaded, or begun to upload, for the current attempt. */
export const waitingFiles = ({ attemptId, uploads }: RunnerJob): ReadonlyArray<WaitingFile> =>
  Option.match(attemptId, {
    onNone: () => [],
    onSome: (id) => uploads.map((file) => ({ file, key: waitingKey(id, file) }))
  })

const make = Effect.gen(function* () {
  const { customUploads } = yield* ConnectorConfig
  const types = yield* JobTypes
  const store = yield* JobStore
  const storage = yield* FileStorage
  const lease = yield* JobLease

  const offered = (name: string): ReadonlyArray<string> =>
    Option.toArray(customUploads ? types.find(name) : Option.none()).flatMap(({ result }) => filesIn(result))

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
    check: spanned("CustomUploads.check")((address) => Effect.asVoid(find(address))),
    store: spanned("CustomUploads.store")(function* (address, { contentType, path }) {
      const { waits } = yield* retryConflicts(Effect.tap(find(address), ({ job }) => note(job, address.file)))
      yield* storage.adopt(waits, path, { contentType })
      // The end of the attempt removed the files that existed then.
      yield* Effect.tapErrorTag(find(address), "UnknownJob", () => storage.remove(waits))
    }),
    waiting: spanned("CustomUploads.waiting")(function* (claim) {
      if (!customUploads) return []
      const { job } = yield* lease.find(claim)
      return job.state === "Processing" ? waitingFiles(job) : []
    })
  })
})

/** Custom uploads over the ports. */
export const layer: Layer.Layer<CustomUploads, never, JobStore | FileStorage | JobTypes | ConnectorConfig | JobLease> =
  Layer.effect(CustomUploads, make)
