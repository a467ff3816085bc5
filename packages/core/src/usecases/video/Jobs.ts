import { Array as Arr, Context, DateTime, Effect, Either, Equivalence, Layer, Option, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobId, VideoId } from "../../domain/Ids.ts"
import { LEVEL, withTypeLabels } from "../../domain/job/JobsOfVideo.ts"
import { isTerminal, pending, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { PublicUrlField } from "../../domain/PublicOrigin.ts"
import { Labels } from "../../domain/runner/Labels.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { reopened } from "../../domain/video/VideoMachine.ts"
import { type JobType, JobTypes } from "../../jobs/JobType.ts"
import { type JobConflict, JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { type VideoConflict, VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { makeJobsFor } from "../engine/jobsFor.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { InvalidRequest, UnknownJob, type UnknownVideo } from "../errors.ts"
import { invalid } from "./transcodeRequest.ts"

/** The request of the host for a job of one of its types. */
export interface CreateJob<Payload, Private> {
  /** The part for the runner, as the schema of the type decodes it. */
  readonly payload: Payload
  /** The part for the server. */
  readonly privatePayload: Private
  /** The video to which the job belongs. Runners may download its files for the job. */
  readonly videoId?: string | undefined
  /** The job that must be completed before, of the same video if there is one. When it fails, this job ends, too. */
  readonly dependsOn?: string | undefined
  /** Lower values run first. 1000 by default: after renditions and captions, before storyboards. */
  readonly priority?: number | undefined
  /** The labels that a runner must have, beside those of the video and of the settings. */
  readonly labels?: ReadonlyArray<string> | undefined
  /** The video does not end before this job has ended. False by default. Needs a video. */
  readonly awaited?: boolean | undefined
  /** The origin of the URLs in the payload of a job without a video. The configured one when absent. */
  readonly publicUrl?: string | URL | undefined
}

/** Why a job is refused. */
export type CreateJobError = InvalidRequest | UnknownVideo | UnknownJob | PersistenceError

/** Creates jobs of the types of the host. */
export class Jobs extends Context.Tag("@runner-connector/core/Jobs")<
  Jobs,
  {
    /**
     * Creates a job of one of the connector's `jobTypes` and pings runners. Returns without waiting for it. The hook
     * `jobEnded` and the events `job.…` report its end. Only runners that request this type by its name get the job.
     */
    readonly create: <Name extends string, Payload, Private, Result, R>(
      type: JobType<Name, Payload, Private, Result, R>,
      request: CreateJob<Payload, Private>
    ) => Effect.Effect<RunnerJob, CreateJobError>
  }
>() {}

const Request = Schema.Struct({
  videoId: Schema.OptionFromUndefinedOr(VideoId),
  dependsOn: Schema.OptionFromUndefinedOr(JobId),
  priority: Schema.optionalWith(Schema.Int.pipe(Schema.between(0, LEVEL - 1)), { default: () => 1000 }),
  awaited: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  labels: Schema.optionalWith(Labels, { default: () => [] }),
  publicUrl: PublicUrlField
}).pipe(
  Schema.filter(
    ({ awaited, videoId }) => !awaited || Option.isSome(videoId) || "awaited: only a video can wait for a job"
  )
)
type Request = typeof Request.Type

const sameVideo = Option.getEquivalence(Equivalence.string)

/** The payload as it is stored, by the schema of the type. Refuses schemas that wait, because jobs are read at once. */
const encoded = <A>(
  schema: Schema.Schema<A, unknown>,
  name: string,
  value: A
): Either.Either<unknown, InvalidRequest> =>
  Either.mapLeft(
    Schema.encodeEither(schema, { errors: "all" })(value),
    (error) => new InvalidRequest({ detail: `${name}: ${invalid(error).detail}` })
  )

/** Finds the job for which the new one waits. */
const makeFindDependency = Effect.map(
  JobStore,
  (jobs) =>
    ({ dependsOn, videoId }: Request) =>
      Effect.transposeMapOption(dependsOn, (id) =>
        Effect.gen(function* () {
          const [job] = yield* jobs.family(id)
          if (job === undefined) return yield* new UnknownJob({ id })
          if (!sameVideo(job.videoId, videoId)) {
            return yield* new InvalidRequest({ detail: "dependsOn: the job belongs to another video" })
          }
          if (isTerminal(job) && job.state !== "Completed") {
            return yield* new InvalidRequest({ detail: `dependsOn: the job has ended as ${job.state}` })
          }
          return job
        })
      )
)

/** Writes a new job with its video and with the job for which it waits, each at its revision. */
const makeWrite = Effect.gen(function* () {
  const store = yield* JobStore
  const videos = yield* VideoStore
  const knownVideo = yield* makeKnownVideo
  const jobsFor = yield* makeJobsFor
  const { jobLabels } = yield* ConnectorConfig

  return (
    { awaited, videoId }: Request,
    made: RunnerJob,
    waitsFor: Option.Option<RunnerJob>
  ): Effect.Effect<RunnerJob, UnknownVideo | VideoConflict | JobConflict | PersistenceError> =>
    Effect.gen(function* () {
      if (Option.isSome(videoId)) {
        const video = yield* knownVideo(videoId.value)
        const next = awaited ? reopened(video, made.createdAt) : video
        const jobs: Arr.NonEmptyReadonlyArray<RunnerJob> = jobsFor(video, Arr.of(made))
        return yield* Effect.as(videos.save(next, Option.toArray(waitsFor), jobs), jobs[0])
      }
      const job = withTypeLabels(made, jobLabels)
      // If the other job ended meanwhile, this one would never learn.
      const write = Option.match(waitsFor, {
        onNone: () => store.insert([job]),
        onSome: (other) => store.commit([other], [job])
      })
      return yield* Effect.as(write, job)
    })
})

type Content = Pick<RunnerJob, "id" | "type" | "payload" | "privatePayload">

/** Inserts the job, again after each conflict, and pings runners. */
const makeInsert = Effect.gen(function* () {
  const notifier = yield* RunnerNotifier
  const afterCommit = yield* AfterCommit
  const store = yield* JobStore
  const findDependency = yield* makeFindDependency
  const write = yield* makeWrite

  return (request: Request, content: Content) =>
    Effect.gen(function* () {
      const { awaited, labels, priority, publicUrl, videoId } = request
      const parent = yield* findDependency(request)
      const isOpen = Option.exists(parent, ({ state }) => state !== "Completed")
      const parentId = Option.map(parent, ({ id }) => id)
      const job = pending({
        ...{ ...content, priority, labels, awaited, videoId, publicUrl, parentId },
        state: isOpen ? "WaitingForParent" : "Pending",
        createdAt: yield* DateTime.now
      })
      return yield* afterCommit.run({
        write: write(request, job, isOpen ? parent : Option.none()),
        written: Effect.map(store.family(job.id), Arr.head),
        // The stored job has the labels of its video and of its type, too.
        effects: (stored) => notifier.availableJobs(demandOf([stored]))
      })
    }).pipe(retryConflicts)
})

const make = Effect.gen(function* () {
  const types = yield* JobTypes
  const ids = yield* Identifiers
  const insert = yield* makeInsert

  return Jobs.of({
    create: spanned("Jobs.create")(function* (type, { payload, privatePayload, publicUrl, ...rest }) {
      const asked = { ...rest, publicUrl: publicUrl?.toString() }
      const request = yield* Effect.mapError(Schema.decodeUnknown(Request, { errors: "all" })(asked), invalid)
      if (Option.isNone(types.find(type.name))) {
        const remedy = "add it to `jobTypes` of RunnerConnector.layerWith"
        return yield* new InvalidRequest({ detail: `type: this connector has no job type ${type.name}, ${remedy}` })
      }
      return yield* insert(request, {
        id: JobId.make(yield* ids.uuid),
        type: type.name,
        payload: yield* encoded(type.payload, "payload", payload),
        privatePayload: yield* encoded(type.privatePayload, "privatePayload", privatePayload)
      })
    })
  })
})

/** Jobs of the host over the ports. */
export const layer: Layer.Layer<
  Jobs,
  never,
  JobTypes | JobStore | VideoStore | RunnerNotifier | AfterCommit | ConnectorConfig
> = Layer.effect(Jobs, make)
