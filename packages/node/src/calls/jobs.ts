import { Jobs as Creating, JobAdmin, Scheduling, WaitingFor } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import type { Jobs } from "../api/Jobs.ts"
import type { AnyJobType, CreateJob } from "../api/JobTypes.ts"
import { InvalidRequest, UnknownJob } from "../errors/index.ts"
import { coreJobType } from "../jobTypes/coreJobType.ts"
import type { JobFilter } from "../model.ts"
import { plainJob, withoutSecrets } from "../plain/plainJob.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { decoded } from "./decoded.ts"
import { jobFilter } from "./filters.ts"
import { jobId, videoId } from "./ids.ts"

const found = (text: string) =>
  Effect.gen(function* () {
    const id = yield* jobId(text)
    const { list } = yield* JobAdmin.JobAdmin
    return (yield* list({ id, start: 0, count: 1 })).data[0]
  })

const explain = (id: string) =>
  Effect.gen(function* () {
    const job = yield* found(id)
    if (job === undefined) return yield* Effect.fail(new UnknownJob({ message: "Unknown job" }))
    const reason = (yield* (yield* JobAdmin.JobAdmin).explain([job])).get(job.id)
    return reason === undefined ? undefined : { reason: toPlain(reason), text: WaitingFor.describe(reason) }
  })

const service = JobAdmin.JobAdmin
const cancel = Effect.serviceFunctionEffect(service, (admin) => admin.cancel)
const retry = Effect.serviceFunctionEffect(service, (admin) => admin.retry)
const remove = Effect.serviceFunctionEffect(service, (admin) => admin.remove)
const ofVideo = Effect.serviceFunctionEffect(service, (admin) => admin.ofVideo)

const Change = Schema.Struct({ priority: Scheduling.PriorityNumber })

const update = (id: string, change: unknown) =>
  Effect.gen(function* () {
    const { priority } = yield* decoded(Change, change)
    const { changePriority } = yield* service
    yield* changePriority(yield* jobId(id), priority)
  })

const listed = (filter: JobFilter) =>
  Effect.gen(function* () {
    const { list } = yield* service
    const page = yield* list(yield* jobFilter(filter))
    return { total: page.total, data: page.data.map((job) => toPlain(withoutSecrets(job))) }
  })

/** The payload as JSON keeps it. */
const asJson = (payload: unknown): Effect.Effect<unknown, InvalidRequest> =>
  Effect.try({
    try: () => JSON.parse(JSON.stringify(payload)),
    catch: () => new InvalidRequest({ message: "payload: expected plain JSON" })
  })

const create = (type: AnyJobType, request: CreateJob<unknown>) =>
  Effect.gen(function* () {
    const payload = yield* asJson(request.payload)
    yield* Effect.try({
      try: () => type.payload(payload),
      catch: (error) =>
        new InvalidRequest({ message: `payload: ${error instanceof Error ? error.message : String(error)}` })
    })
    const { create } = yield* Creating.Jobs
    return plainJob(yield* create(coreJobType(type), { ...request, payload, privatePayload: {} }))
  })

export const jobs = ({ run }: Engine): Jobs => ({
  create: (type, request, options) => run(create(type, request), options),
  get: (id, options) =>
    run(
      found(id).pipe(
        Effect.map((job) => (job === undefined ? undefined : plainJob(job))),
        Effect.catchIf(
          (error) => error instanceof UnknownJob,
          () => Effect.succeed(undefined)
        )
      ),
      options
    ),
  list: (filter = {}, options) => run(listed(filter), options),
  ofVideo: (video, options) =>
    run(
      Effect.map(Effect.flatMap(videoId(video), ofVideo), (all) => all.map(plainJob)),
      options
    ),
  update: (id, change, options) => run(update(id, change), options),
  cancel: (id, options) => run(Effect.flatMap(jobId(id), cancel), options),
  retry: (id, options) => run(Effect.flatMap(jobId(id), retry), options),
  remove: (id, options) => run(Effect.flatMap(jobId(id), remove), options),
  explain: (id, options) => run(explain(id), options)
})
