import { Context, Effect, Layer, Option, type Redacted } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { RegistrationTokenId, RunnerId } from "../../domain/Ids.ts"
import type { RegistrationToken, Runner } from "../../domain/runner/Runner.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import { FleetStore } from "../../ports/FleetStore.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { Page, PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { RunnerStore, type RunnerWorkload, type SortedPageRequest } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashToken } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { UnknownRunner } from "../errors.ts"
import { type CreateRegistrationToken, makeCreateRegistrationToken } from "./createRegistrationToken.ts"
import { type ListedRunner, type ListRunners, makeListRunners } from "./listRunners.ts"
import { type Caller, makeNoteContact, type NoteContact } from "./noteContact.ts"
import { makeRegister, type Register, type Registration } from "./registerRunner.ts"
import { makeRunnerRemoval, type RunnerRemoval } from "./removeRunner.ts"
import { makeUpdateRunner, type UpdateRunner } from "./updateRunner.ts"

export type { Caller, ListedRunner, Registration }

type Token = Redacted.Redacted<string>

/** The registered runners and the registration tokens. */
export class Runners extends Context.Tag("@runner-connector/core/Runners")<
  Runners,
  {
    readonly register: Register
    /** Removes the runner that calls and releases its jobs at once. */
    readonly unregister: (runnerToken: Token) => Effect.Effect<void, UnknownRunner | PersistenceError>
    /** Fails with `UnknownRunner` only after a look-up that found nothing. */
    readonly authenticate: (runnerToken: Token) => Effect.Effect<Runner, UnknownRunner | PersistenceError>
    readonly noteContact: NoteContact
    /** Every registered runner with the number of its Processing jobs. */
    readonly workloads: Effect.Effect<ReadonlyArray<RunnerWorkload>, PersistenceError>
    readonly list: ListRunners
    /** Every label of the registered runners once, in alphabetical order. */
    readonly labels: Effect.Effect<ReadonlyArray<string>, PersistenceError>
    /** The runners with these ids that still exist. */
    readonly byIds: (ids: ReadonlyArray<RunnerId>) => Effect.Effect<ReadonlyMap<RunnerId, Runner>, PersistenceError>
    /** Changes the name, the labels or the state of a runner. */
    readonly update: UpdateRunner
    /** Removes the runner and releases its jobs at once. Returns false when the id is unknown. */
    readonly remove: (id: RunnerId) => Effect.Effect<boolean, PersistenceError>
    readonly createRegistrationToken: CreateRegistrationToken
    readonly listRegistrationTokens: (
      page: SortedPageRequest
    ) => Effect.Effect<Page<RegistrationToken & { readonly runners: number }>, PersistenceError>
    /** Removes the token and the runners registered with it. Returns false when the id is unknown. */
    readonly removeRegistrationToken: (id: RegistrationTokenId) => Effect.Effect<boolean, PersistenceError>
  }
>() {}

const makeAuthenticate = Effect.map(RunnerStore, (store) =>
  spanned("Runners.authenticate")((runnerToken: Token) =>
    Effect.flatMap(Effect.flatMap(hashToken(runnerToken), store.findByToken), (found) =>
      Option.isSome(found) ? Effect.succeed(found.value) : new UnknownRunner()
    )
  )
)

const makeUnregister = (
  authenticate: Runners["Type"]["authenticate"],
  remove: RunnerRemoval["remove"]
): Runners["Type"]["unregister"] =>
  spanned("Runners.unregister")(function* (runnerToken) {
    const runner = yield* authenticate(runnerToken)
    // A ping would only make the runner request jobs with a token that no longer exists.
    yield* remove(runner.id, false)
  })

const make = Effect.gen(function* () {
  const store = yield* RunnerStore
  const authenticate = yield* makeAuthenticate
  const { remove, removeRegistrationToken } = yield* makeRunnerRemoval

  return Runners.of({
    register: yield* makeRegister,
    unregister: makeUnregister(authenticate, remove),
    authenticate,
    noteContact: yield* makeNoteContact,
    workloads: store.workloads(),
    list: yield* makeListRunners,
    labels: (yield* FleetStore).labels,
    byIds: (ids) =>
      Effect.map(store.findByIds(ids), (runners) => new Map(runners.map((runner) => [runner.id, runner]))),
    update: yield* makeUpdateRunner,
    remove: (id) => remove(id, true),
    createRegistrationToken: yield* makeCreateRegistrationToken,
    listRegistrationTokens: store.registrationTokens.list,
    removeRegistrationToken
  })
})

/** Runners and their registration over the ports. */
export const layer: Layer.Layer<
  Runners,
  never,
  | RunnerStore
  | FleetStore
  | JobStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | VideoFinalizer
  | AfterCommit
> = Layer.effect(Runners, make)
