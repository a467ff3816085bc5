import { Endpoints } from "@runner-connector/protocol"
import { Data, Duration, Effect, Either, Option, Queue, Random, Ref, Schema } from "effect"
import * as Backoff from "./Backoff.ts"
import { UnknownRunner } from "./errors.ts"
import { finishing } from "./finishing.ts"
import type { JobPool, Place } from "./JobPool.ts"
import type { JobEnvironment } from "./jobs/JobType.ts"
import type { Work } from "./RunningJob.ts"
import type { Session } from "./Session.ts"
import { version } from "./Settings.ts"
import { isLostRace, isUnavailable, isUnknownRunner, type RequestRefused, type WireError } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"

/** Other runners accepted all listed jobs. More jobs may be available by now. */
class Contended extends Data.TaggedError("Contended") {}

/**
 * Maximum pause between two attempts for jobs of the same list. The random pause separates runners that woke up
 * together.
 */
const JITTER_MILLIS = 100

/** Names become parts of paths, so jobs with invalid identifiers are ignored. */
const decodeParams = Schema.decodeUnknownOption(Endpoints.accept.params)

type Offer = Pick<Work, "type"> & { readonly uuid: string }

/**
 * The available jobs that this runner can do, best first. Filtered here as well, because a server may ignore the types
 * in the request.
 */
const offers = ({ runnerToken, settings, wire }: Session): Effect.Effect<ReadonlyArray<Offer>, WireError> =>
  RunnerCalls.request(wire, { runnerToken, jobTypes: settings.jobTypes.map(({ name }) => name), version }).pipe(
    Effect.map((available) =>
      available.flatMap(({ type: name, uuid }) => {
        const type = settings.jobTypes.find((candidate) => candidate.name === name)
        return type === undefined || Option.isNone(decodeParams({ jobUUID: uuid })) ? [] : [{ type, uuid }]
      })
    )
  )

/**
 * Accepts a job and starts the job in the response. If another runner has taken the requested job, the response
 * contains another job of the same type. Uninterruptible, so that no accepted job is lost when the runner stops.
 */
const take = (
  { runnerToken, settings, wire }: Session,
  place: Place,
  { type, uuid }: Offer
): Effect.Effect<void, WireError, JobEnvironment> =>
  RunnerCalls.accept(wire, uuid, runnerToken).pipe(
    Effect.tap((job) => Effect.logInfo("Accepted").pipe(Effect.annotateLogs({ job: job.uuid, type: type.name }))),
    Effect.flatMap(({ jobToken, payload, uuid }) =>
      place.start({ type, payload, lease: { uuid, jobToken, runnerToken } })
    ),
    finishing(settings.shutdownTimeout)
  )

/** Tries to accept the jobs of a list in order. Records the jobs that other runners have taken. */
const takeFirst = (
  session: Session,
  place: Place,
  list: ReadonlyArray<Offer>,
  lost: Set<string>
): Effect.Effect<void, WireError, JobEnvironment> =>
  Effect.gen(function* () {
    for (const offer of list) {
      const taken = yield* Effect.either(take(session, place, offer))
      if (Either.isRight(taken)) return
      if (isUnavailable(taken.left) || isUnknownRunner(taken.left)) return yield* taken.left
      yield* logRefusal(offer, taken.left)
      lost.add(offer.uuid)
      yield* Effect.sleep(yield* Random.nextRange(0, JITTER_MILLIS))
    }
  })

const logRefusal = ({ uuid }: Offer, error: RequestRefused): Effect.Effect<void> =>
  isLostRace(error)
    ? Effect.logDebug("Another runner has the job").pipe(Effect.annotateLogs({ job: uuid }))
    : Effect.logWarning("The job could not be accepted", error.message).pipe(Effect.annotateLogs({ job: uuid }))

/** Requests a fresh list and accepts one of its jobs. Returns false when there is none. */
const takeOne = (session: Session, place: Place, lost: Set<string>) =>
  Effect.gen(function* () {
    const list = (yield* offers(session)).filter(({ uuid }) => !lost.has(uuid))
    if (list.length === 0) return lost.size === 0 ? false : yield* new Contended()
    yield* takeFirst(session, place, list, lost)
    return true
  })

/** Accepts jobs until the pool is full or no job is left. */
const check = (session: Session, pool: JobPool): Effect.Effect<void, WireError | Contended, JobEnvironment> =>
  Effect.suspend(() => {
    const lost = new Set<string>()
    const next = Effect.acquireUseRelease(
      pool.reserve,
      Option.match({ onNone: () => Effect.succeed(false), onSome: (place) => takeOne(session, place, lost) }),
      Option.match({ onNone: () => Effect.void, onSome: ({ release }) => release })
    )
    return Effect.asVoid(Effect.repeat(next, { while: (taken) => taken }))
  })

/**
 * Checks for jobs immediately, after every wake-up and at every poll interval. Repeats a failed check after a growing
 * pause, or immediately after a wake-up unless the server sent `Retry-After`. Checks never overlap. Ends when the
 * server does not know the runner any more.
 */
export const run = (
  session: Session,
  pool: JobPool,
  wakeUps: Queue.Dequeue<void>
): Effect.Effect<never, UnknownRunner, JobEnvironment> =>
  Effect.gen(function* () {
    const { pollInterval, retryDelay } = session.settings
    const wait = (pause: Duration.Duration) => Effect.raceFirst(Queue.take(wakeUps), Effect.sleep(pause))
    const trouble = yield* makeTrouble
    let failures = 0
    while (true) {
      const checked = yield* Effect.either(check(session, pool))
      if (Either.isRight(checked)) {
        failures = 0
        yield* trouble.over
        yield* wait(pollInterval)
      } else {
        yield* failOnUnknown(session, checked.left)
        if (checked.left._tag !== "Contended") yield* trouble.log(checked.left)
        const pause = yield* Backoff.pause(retryDelay, failures++)
        const retryAfter = isUnavailable(checked.left) ? checked.left.retryAfter : undefined
        yield* retryAfter === undefined ? wait(pause) : Effect.sleep(Duration.max(pause, retryAfter))
      }
    }
  })

const failOnUnknown = ({ wire }: Session, error: WireError | Contended): Effect.Effect<void, UnknownRunner> => {
  if (error._tag === "Contended") return Effect.void
  if (error._tag === "RequestRefused" && isUnknownRunner(error)) {
    return Effect.fail(new UnknownRunner({ server: wire.url.href }))
  }
  return Effect.void
}

/** Logs a reason once while checks fail, and once that they work again. Outages can take hours. */
const makeTrouble = Effect.map(Ref.make<string | undefined>(undefined), (last) => ({
  log: ({ message }: WireError) => {
    // The first word names the call. Several calls fail for the same reason.
    const reason = message.replace(/^\w+: /, "")
    return Effect.flatMap(Ref.getAndSet(last, reason), (before) =>
      reason === before ? Effect.void : Effect.logWarning("Checks for jobs fail", message)
    )
  },
  over: Effect.flatMap(Ref.getAndSet(last, undefined), (before) =>
    before === undefined ? Effect.void : Effect.logInfo("Checks for jobs work again")
  )
}))
