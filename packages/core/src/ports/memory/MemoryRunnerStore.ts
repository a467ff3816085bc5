import { DateTime, Effect, Layer, Option } from "effect"
import { runnerEvent } from "../../domain/event/runnerEvents.ts"
import { RegistrationTokenId, RunnerId, type TokenHash } from "../../domain/Ids.ts"
import { type NewRunner, type RegistrationToken, type Runner, spentBy } from "../../domain/runner/Runner.ts"
import type { PersistenceError } from "../PersistenceError.ts"
import {
  type Contact,
  RegistrationTokenGone,
  RegistrationTokenSpent,
  type RegistrationTokens,
  type RunnerFilter,
  RunnerNameTaken,
  type RunnerRefused,
  RunnerStore,
  type RunnerWorkload
} from "../RunnerStore.ts"
import { assertStorable, attempt, forgetRunner, type MemoryState, makeState, type Record } from "./MemoryState.ts"
import { byCreation, holds, pageOf } from "./pages.ts"

const findByHash = <A extends { readonly tokenHash: TokenHash }>(
  all: Iterable<A>,
  hash: TokenHash
): Option.Option<A> => {
  for (const one of all) if (one.tokenHash === hash) return Option.some(one)
  return Option.none()
}

const assertNewHash = (all: Iterable<{ readonly tokenHash: TokenHash }>, hash: TokenHash): void => {
  if (Option.isSome(findByHash(all, hash))) throw new Error("This token is in use already")
}

/** The runner store over the given state. */
export const make = (state: MemoryState): RunnerStore["Type"] =>
  RunnerStore.of({
    insert: (runner) =>
      Effect.suspend((): Effect.Effect<Runner, RunnerRefused | PersistenceError> => {
        const token = state.registrationTokens.get(runner.registrationTokenId)
        if (token === undefined) return new RegistrationTokenGone()
        const spent = spentBy(token, runner.createdAt)
        if (Option.isSome(spent)) return new RegistrationTokenSpent({ by: spent.value })
        const taken = Array.from(state.runners.values()).some((other) => other.name === runner.name)
        if (taken) return new RunnerNameTaken({ name: runner.name })
        return attempt(state, "RunnerStore.insert", (record) => insert(state, runner, token, record))
      }),
    findByToken: (hash) => Effect.sync(() => findByHash(state.runners.values(), hash)),
    findByIds: (ids) =>
      Effect.sync(() => Array.from(state.runners.values()).filter((runner) => ids.includes(runner.id))),
    touch: (id, contact) => attempt(state, "RunnerStore.touch", () => touch(state, id, contact)),
    remove: (id) =>
      Effect.flatMap(DateTime.now, (now) =>
        attempt(state, "RunnerStore.remove", (record) =>
          Option.map(Option.fromNullable(state.runners.get(id)), (runner) => ({
            runners: [id],
            jobs: forgetRunner(state, runner, now, record)
          }))
        )
      ),
    workloads: (ids) => Effect.sync(() => workloads(state, ids)),
    list: (filter) =>
      Effect.sync(() =>
        pageOf(Array.from(state.runners.values()).filter(matches(state, filter)), filter, byCreation(filter))
      ),
    registrationTokens: registrationTokens(state)
  })

const matches =
  ({ presence }: MemoryState, { id: wanted, online, states, text }: RunnerFilter) =>
  ({ id, name, state }: Runner): boolean =>
    (wanted === undefined || id === wanted) &&
    (states === undefined || states.includes(state)) &&
    (online === undefined || presence.online.has(id) === online) &&
    (text === undefined || holds(text, name))

const workloads = (
  state: MemoryState,
  ids: ReadonlyArray<RunnerId> = Array.from(state.runners.keys())
): ReadonlyArray<RunnerWorkload> => {
  const wanted = new Set(ids)
  const processing = Array.from(state.jobs.values()).filter((job) => job.state === "Processing")
  return Array.from(state.runners.values())
    .filter(({ id }) => wanted.has(id))
    .map(({ health, id, jobTypes, labels, lastContact, state: standing, version }) => ({
      ...{ id, version, jobTypes, labels, state: standing, health, lastContact },
      online: state.presence.online.has(id),
      onlineSince: Option.fromNullable(state.presence.online.get(id)),
      processing: processing.filter((job) => Option.contains(job.runnerId, id)).length
    }))
}

const insert = (state: MemoryState, added: NewRunner, token: RegistrationToken, record: Record): Runner => {
  assertStorable(added)
  assertNewHash(state.runners.values(), added.tokenHash)
  state.registrationTokens.set(token.id, { ...token, uses: token.uses + 1 })
  const runner: Runner = { ...added, id: RunnerId.make(state.nextNumber()) }
  state.runners.set(runner.id, runner)
  record([runnerEvent("runner.registered", runner, runner.createdAt)])
  return runner
}

const touch = (state: MemoryState, id: RunnerId, { at, ip, jobTypes, version }: Contact): void => {
  const runner = state.runners.get(id)
  if (runner === undefined) return
  assertStorable({ ip, version, jobTypes })
  state.runners.set(id, {
    ...runner,
    ip,
    version: Option.orElse(version, () => runner.version),
    jobTypes: jobTypes ?? runner.jobTypes,
    lastContact: at,
    updatedAt: at
  })
}

const registeredWith = (state: MemoryState, id: RegistrationTokenId): ReadonlyArray<Runner> =>
  Array.from(state.runners.values()).filter((runner) => runner.registrationTokenId === id)

const registrationTokens = (state: MemoryState): RegistrationTokens => ({
  add: ({ at, expiresAt = Option.none(), hint, labels = [], maxUses = Option.none(), tokenHash }) =>
    attempt(state, "RunnerStore.registrationTokens.add", () => {
      assertStorable({ hint })
      assertNewHash(state.registrationTokens.values(), tokenHash)
      const id = RegistrationTokenId.make(state.nextNumber())
      const token = { id, tokenHash, hint, labels, expiresAt, maxUses, uses: 0, createdAt: at, updatedAt: at }
      state.registrationTokens.set(id, token)
      return token
    }),
  findByHash: (hash) => Effect.sync(() => findByHash(state.registrationTokens.values(), hash)),
  runnersOf: (id) =>
    Effect.sync(() =>
      state.registrationTokens.has(id)
        ? Option.some(registeredWith(state, id).map((runner) => runner.id))
        : Option.none()
    ),
  list: (page) =>
    Effect.sync(() => {
      const { data, total } = pageOf(state.registrationTokens.values(), page, byCreation(page))
      return { total, data: data.map((token) => ({ ...token, runners: registeredWith(state, token.id).length })) }
    }),
  remove: (id) =>
    Effect.flatMap(DateTime.now, (now) =>
      attempt(state, "RunnerStore.registrationTokens.remove", (record) => {
        const gone = registeredWith(state, id)
        const jobs = gone.flatMap((runner) => forgetRunner(state, runner, now, record))
        return state.registrationTokens.delete(id)
          ? Option.some({ runners: gone.map((runner) => runner.id), jobs })
          : Option.none()
      })
    )
})

/** Runners in memory. `MemoryStores.layer` combines them with jobs and videos. */
export const layer: Layer.Layer<RunnerStore> = Layer.sync(RunnerStore, () => make(makeState()))
