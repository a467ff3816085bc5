import { Context, type DateTime, type Effect, type Option, Schema } from "effect"
import type { JobId, RegistrationTokenId, RunnerId, TokenHash } from "../domain/Ids.ts"
import type { Workload } from "../domain/job/WaitingFor.ts"
import type { NewRunner, RegistrationToken, Runner, RunnerState } from "../domain/runner/Runner.ts"
import type { Page, PageRequest, PersistenceError, Sort } from "./PersistenceError.ts"

/** A runner with this name exists. */
export class RunnerNameTaken extends Schema.TaggedError<RunnerNameTaken>()("RunnerNameTaken", {
  name: Schema.String
}) {
  override get message(): string {
    return `A runner named ${this.name} is registered already: choose another name, or remove that runner first`
  }
}

/** The registration token has expired, or as many runners as it permits have registered. */
export class RegistrationTokenSpent extends Schema.TaggedError<RegistrationTokenSpent>()("RegistrationTokenSpent", {
  by: Schema.Literal("expired", "used up")
}) {
  override get message(): string {
    return `This registration token is ${this.by}: ask the administrator of the server for a new one`
  }
}

/** The registration token has been removed. */
export class RegistrationTokenGone extends Schema.TaggedError<RegistrationTokenGone>()("RegistrationTokenGone", {}) {
  override get message(): string {
    return "This registration token has been removed: ask the administrator of the server for a new one"
  }
}

/** Why a runner is not added. */
export type RunnerRefused = RunnerNameTaken | RegistrationTokenSpent | RegistrationTokenGone

/** The data of a runner that is updated with each call. */
export interface Contact {
  readonly at: DateTime.Utc
  readonly ip: Option.Option<string>
  /** None leaves the stored version as it is. */
  readonly version: Option.Option<string>
  /** None: every type that its version supports. Absent: keeps the stored ones. */
  readonly jobTypes?: Option.Option<ReadonlyArray<string>>
}

/** The requested part of a list of runners or tokens. */
export interface SortedPageRequest extends PageRequest {
  /** Newest first when absent. */
  readonly sort?: Sort<"createdAt">
}

/** The filter of a list of runners. Absent members do not narrow it. */
export interface RunnerFilter extends SortedPageRequest {
  readonly id?: RunnerId
  readonly states?: ReadonlyArray<RunnerState>
  /** By the last report of presence. */
  readonly online?: boolean
  /** A part of the name. ASCII letters match in both cases. */
  readonly text?: string
}

/** What a removal took away. */
export interface Removed {
  readonly runners: ReadonlyArray<RunnerId>
  /** Jobs that the runners were processing. They keep their state and have lost their `runnerId`. */
  readonly jobs: ReadonlyArray<JobId>
}

/** A runner, with the number of jobs that it processes. */
export interface RunnerWorkload extends Workload {
  /** By the last report of presence. */
  readonly online: Workload["online"]
  /** None while it is offline, and where its first report was not recorded. */
  readonly onlineSince: Option.Option<DateTime.Utc>
  readonly lastContact: DateTime.Utc
}

/** The labels that a registration token gives, and its limits. None of both by default. */
export type TokenLimits = Pick<RegistrationToken, "expiresAt" | "labels" | "maxUses">

/** Stores registration tokens as hashes. */
export interface RegistrationTokens {
  readonly add: (
    token: Pick<RegistrationToken, "tokenHash" | "hint"> &
      Partial<TokenLimits> & {
        readonly at: DateTime.Utc
      }
  ) => Effect.Effect<RegistrationToken, PersistenceError>
  readonly findByHash: (hash: TokenHash) => Effect.Effect<Option.Option<RegistrationToken>, PersistenceError>
  /** Each with the number of runners registered with it. */
  readonly list: (
    page: SortedPageRequest
  ) => Effect.Effect<Page<RegistrationToken & { readonly runners: number }>, PersistenceError>
  /** The runners that were registered with the token. None when there is no such token. */
  readonly runnersOf: (
    id: RegistrationTokenId
  ) => Effect.Effect<Option.Option<ReadonlyArray<RunnerId>>, PersistenceError>
  /** Removes the token and every runner registered with it. None when there is no such token. */
  readonly remove: (id: RegistrationTokenId) => Effect.Effect<Option.Option<Removed>, PersistenceError>
}

/** Stores runners and registration tokens. */
export class RunnerStore extends Context.Tag("@runner-connector/core/RunnerStore")<
  RunnerStore,
  {
    /**
     * Adds the runner and counts the use of its registration token in one step, so that simultaneous registrations never
     * exceed the limit of the token. A token that is removed meanwhile takes the runner with it, or refuses it.
     */
    readonly insert: (runner: NewRunner) => Effect.Effect<Runner, RunnerRefused | PersistenceError>
    readonly findByToken: (hash: TokenHash) => Effect.Effect<Option.Option<Runner>, PersistenceError>
    /** The existing runners among these numbers, in no particular order. */
    readonly findByIds: (ids: ReadonlyArray<RunnerId>) => Effect.Effect<ReadonlyArray<Runner>, PersistenceError>
    /** Stores a contact. A missing runner is no error. */
    readonly touch: (id: RunnerId, contact: Contact) => Effect.Effect<void, PersistenceError>
    /** Removes the runner; its jobs keep their state and lose their `runnerId`. None when there is no such runner. */
    readonly remove: (id: RunnerId) => Effect.Effect<Option.Option<Removed>, PersistenceError>
    /** The runners with these ids, or all of them, with their workloads, in no particular order. */
    readonly workloads: (
      ids?: ReadonlyArray<RunnerId>
    ) => Effect.Effect<ReadonlyArray<RunnerWorkload>, PersistenceError>
    readonly list: (filter: RunnerFilter) => Effect.Effect<Page<Runner>, PersistenceError>
    readonly registrationTokens: RegistrationTokens
  }
>() {}
