import { Array as Arr, Context, DateTime, Duration, Effect, Equivalence, Layer, Option, Redacted } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { RegistrationTokenId, RunnerId } from "../../domain/Ids.ts"
import type { RegistrationToken, Runner } from "../../domain/runner/Runner.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { Page, PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import {
  type Removed,
  type RunnerNameTaken,
  RunnerStore,
  type RunnerWorkload,
  type SortedPageRequest
} from "../../ports/RunnerStore.ts"
import { hashToken, makeToken } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { UnknownRegistrationToken, UnknownRunner } from "../errors.ts"
import { makeInsertRunner } from "./insertRunner.ts"
import { makeReleaseJobs } from "./releaseJobs.ts"

type Token = Redacted.Redacted<string>

/** What is known of a runner at the moment it speaks. */
export interface Caller {
  readonly ip: Option.Option<string>
  readonly version: Option.Option<string>
  /** See `Contact`. */
  readonly jobTypes?: Option.Option<ReadonlyArray<string>>
}

/** What a program tells of itself to become a runner. */
export interface Registration extends Caller {
  readonly registrationToken: Token
  readonly name: string
  readonly description: Option.Option<string>
}

/** Who may fetch jobs, and how one comes to be among them. */
export class Runners extends Context.Tag("@runner-connector/core/Runners")<
  Runners,
  {
    /** Makes a runner and its token. The token is in this answer and nowhere else. */
    readonly register: (
      registration: Registration
    ) => Effect.Effect<
      { readonly runner: Runner; readonly runnerToken: Token },
      UnknownRegistrationToken | RunnerNameTaken | PersistenceError
    >
    /** Removes the runner that calls, and releases its jobs at once. */
    readonly unregister: (runnerToken: Token) => Effect.Effect<void, UnknownRunner | PersistenceError>
    /** `UnknownRunner` only after a look-up that found nothing. */
    readonly authenticate: (runnerToken: Token) => Effect.Effect<Runner, UnknownRunner | PersistenceError>
    /**
     * Notes that the runner has spoken, at most once per `contactInterval` unless its version or its job
     * types are new. Never fails: no
     * call is worth failing for it, least of all one that has changed something already.
     */
    readonly noteContact: (runner: Runner, caller: Caller) => Effect.Effect<void>
    /** Every registered runner, with the number of jobs that it processes. */
    readonly workloads: Effect.Effect<ReadonlyArray<RunnerWorkload>, PersistenceError>
    readonly list: (page: SortedPageRequest) => Effect.Effect<Page<Runner>, PersistenceError>
    /** Those of these numbers that still exist, by number. */
    readonly byIds: (ids: ReadonlyArray<RunnerId>) => Effect.Effect<ReadonlyMap<RunnerId, Runner>, PersistenceError>
    /** Removes the runner and releases its jobs at once. False when there is no such runner. */
    readonly remove: (id: RunnerId) => Effect.Effect<boolean, PersistenceError>
    /** A new registration token. The token is in this answer and nowhere else. */
    readonly createRegistrationToken: Effect.Effect<
      { readonly registrationToken: Token; readonly record: RegistrationToken },
      PersistenceError
    >
    readonly listRegistrationTokens: (
      page: SortedPageRequest
    ) => Effect.Effect<Page<RegistrationToken & { readonly runners: number }>, PersistenceError>
    /** Removes the runners registered with it too. False when there is none of this number. */
    readonly removeRegistrationToken: (id: RegistrationTokenId) => Effect.Effect<boolean, PersistenceError>
  }
>() {}

const HINT_LENGTH = 4

const sameTypes = Option.getEquivalence(Arr.getEquivalence(Equivalence.string))

/** Whether the runner says something of itself that is not stored yet. */
const bringsNews = (runner: Runner, { jobTypes, version }: Caller): boolean =>
  (Option.isSome(version) && !Option.contains(runner.version, version.value)) ||
  (jobTypes !== undefined && !sameTypes(jobTypes, runner.jobTypes))

const make = Effect.gen(function* () {
  const store = yield* RunnerStore
  const notifier = yield* RunnerNotifier
  const afterCommit = yield* AfterCommit
  const config = yield* ConnectorConfig
  const release = yield* makeReleaseJobs
  const insertRunner = yield* makeInsertRunner

  const register = Effect.fn("Runners.register")(function* (registration: Registration) {
    const token = yield* store.registrationTokens.findByHash(yield* hashToken(registration.registrationToken))
    if (Option.isNone(token)) return yield* new UnknownRegistrationToken()
    const runnerToken = yield* makeToken("ptrt-")
    const now = yield* DateTime.now
    const tokenHash = yield* hashToken(runnerToken)
    const runner = yield* insertRunner({
      name: registration.name,
      description: registration.description,
      tokenHash,
      registrationTokenId: token.value.id,
      version: registration.version,
      jobTypes: Option.none(),
      ip: registration.ip,
      lastContact: now,
      createdAt: now,
      updatedAt: now
    })
    return { runner, runnerToken }
  })

  const authenticate = Effect.fn("Runners.authenticate")(function* (runnerToken: Token) {
    const runner = yield* store.findByToken(yield* hashToken(runnerToken))
    return yield* Effect.mapError(runner, () => new UnknownRunner())
  })

  const noteContact = Effect.fn("Runners.noteContact")(function* (runner: Runner, caller: Caller) {
    const now = yield* DateTime.now
    const silent = DateTime.distanceDuration(runner.lastContact, now)
    if (Duration.lessThan(silent, config.contactInterval) && !bringsNews(runner, caller)) return
    yield* Effect.ignoreLogged(store.touch(runner.id, { at: now, ...caller }))
  })

  /** A runner that has unregistered itself needs no ping: it would only request jobs with a token that is gone. */
  const follow = ({ jobs, runners }: Removed, ping: boolean) =>
    Effect.zipRight(
      Effect.forEach(runners, (id) => notifier.runnerRemoved(id, { ping }), { discard: true }),
      release(jobs)
    )

  /** When the answer of the database was lost, the jobs are left to upkeep. */
  const remove = Effect.fn("Runners.remove")(function* (id: RunnerId, ping: boolean) {
    const removed = yield* afterCommit.run({
      write: store.remove(id),
      written: Effect.map(store.findByIds([id]), (left) =>
        left.length === 0 ? Option.some(Option.some<Removed>({ runners: [id], jobs: [] })) : Option.none()
      ),
      effects: Option.match({ onNone: () => Effect.void, onSome: (gone) => follow(gone, ping) })
    })
    return Option.isSome(removed)
  })

  const createRegistrationToken = Effect.gen(function* () {
    const registrationToken = yield* makeToken("ptrrt-")
    const record = yield* store.registrationTokens.add({
      tokenHash: yield* hashToken(registrationToken),
      hint: Redacted.value(registrationToken).slice(-HINT_LENGTH),
      at: yield* DateTime.now
    })
    return { registrationToken, record }
  }).pipe(Effect.withSpan("Runners.createRegistrationToken"))

  return Runners.of({
    register,
    authenticate,
    noteContact,
    createRegistrationToken,
    unregister: Effect.fn("Runners.unregister")(function* (runnerToken) {
      const runner = yield* authenticate(runnerToken)
      yield* remove(runner.id, false)
      yield* Effect.logInfo("A runner has unregistered").pipe(Effect.annotateLogs({ runner: runner.name }))
    }),
    workloads: store.workloads(),
    list: store.list,
    byIds: (ids) =>
      Effect.map(store.findByIds(ids), (runners) => new Map(runners.map((runner) => [runner.id, runner]))),
    remove: (id) => remove(id, true),
    listRegistrationTokens: store.registrationTokens.list,
    removeRegistrationToken: Effect.fn("Runners.removeRegistrationToken")(function* (id) {
      const removed = yield* store.registrationTokens.remove(id)
      if (Option.isSome(removed)) yield* follow(removed.value, true)
      return Option.isSome(removed)
    }, Effect.uninterruptible)
  })
})

/** Runners and their registration, over the ports. */
export const layer: Layer.Layer<
  Runners,
  never,
  | RunnerStore
  | JobStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | VideoFinalizer
  | AfterCommit
> = Layer.effect(Runners, make)
