import { aRegisteredRunner } from "@runner-connector/contracts"
import { MemoryStores, Persistence, RunnerStore, Tokens } from "@runner-connector/core"
import { Context, Effect, Layer, Redacted, Ref } from "effect"

/** Controls of the runner store for tests. */
export class Database extends Context.Tag("test/Database")<
  Database,
  {
    /** The failure mode of look-ups while the store is down: an error or a defect. */
    readonly down: Ref.Ref<false | "error" | "defect">
    /** The number of token look-ups. */
    readonly lookUps: Ref.Ref<number>
    /** The number of runners in each look-up of workloads. */
    readonly workloads: Ref.Ref<ReadonlyArray<number>>
  }
>() {}

/** The in-memory store with a failure switch. */
export const runners: Layer.Layer<RunnerStore.RunnerStore | Database> = Layer.effectContext(
  Effect.gen(function* () {
    const store = yield* RunnerStore.RunnerStore
    const down = yield* Ref.make<false | "error" | "defect">(false)
    const lookUps = yield* Ref.make(0)
    const asked = yield* Ref.make<ReadonlyArray<number>>([])
    const findByToken: typeof store.findByToken = (hash) =>
      Effect.gen(function* () {
        yield* Ref.update(lookUps, (n) => n + 1)
        const how = yield* Ref.get(down)
        if (how === "defect") return yield* Effect.dieMessage("no connection")
        if (how) return yield* new Persistence.PersistenceError({ operation: "findByToken", cause: "no connection" })
        return yield* store.findByToken(hash)
      })
    const workloads: typeof store.workloads = (ids) =>
      Effect.gen(function* () {
        yield* Ref.update(asked, (counts) => [...counts, ids?.length ?? 0])
        const how = yield* Ref.get(down)
        if (how === "defect") return yield* Effect.dieMessage("no connection")
        if (how) return yield* new Persistence.PersistenceError({ operation: "workloads", cause: "no connection" })
        return yield* store.workloads(ids)
      })
    return Context.make(RunnerStore.RunnerStore, { ...store, findByToken, workloads }).pipe(
      Context.add(Database, { down, lookUps, workloads: asked })
    )
  })
).pipe(Layer.provide(MemoryStores.layer))

/** Registers a runner and returns its token. Generates the token unless one is given. */
export const registered = (given?: string): Effect.Effect<string, never, RunnerStore.RunnerStore> =>
  Effect.gen(function* () {
    const token = given ?? `ptrt-${crypto.randomUUID()}`
    yield* aRegisteredRunner({ tokenHash: yield* Tokens.hashToken(Redacted.make(token)) })
    return token
  }).pipe(Effect.orDie)
