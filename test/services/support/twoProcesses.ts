import { createServer } from "node:http"
import { createInterface } from "node:readline"
import { PgClient } from "@effect/sql-pg"
import { aRegisteredRunner, demandFor } from "@runner-connector/contracts"
import { JobStore, RunnerNotifier, RunnerStore, Tokens } from "@runner-connector/core"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Context, Deferred, Effect, Layer, Redacted } from "effect"
import { connect } from "../../../packages/socket/test/support/clients.ts"
import { listen } from "../../../packages/socket/test/support/hosts.ts"
import { until } from "../../e2e/support/waiting.ts"
import { spawnScript } from "../../fixtures/spawnScript.ts"
import { type Broker, notifierOver } from "./brokers.ts"

const script = new URL("./notifierProcess.ts", import.meta.url)

/** Starts the other process and returns its port. */
const startOther = (order: { readonly broker: Broker; readonly database: string }) =>
  Effect.gen(function* () {
    const port = yield* Deferred.make<number, Error>()
    const lines: Array<string> = []
    yield* Effect.acquireRelease(
      Effect.map(spawnScript(script, order), (child) => {
        child.stderr.on("data", (chunk: Buffer) => lines.push(chunk.toString()))
        createInterface(child.stdout).on("line", (line) => {
          lines.push(line)
          const [, digits] = /^port (\d+)$/.exec(line) ?? []
          if (digits !== undefined) Deferred.unsafeDone(port, Effect.succeed(Number(digits)))
        })
        child.once("close", () => Deferred.unsafeDone(port, Effect.fail(new Error(lines.join("\n")))))
        return child
      }),
      (child) => Effect.sync(() => void child.kill("SIGKILL"))
    )
    return { port: yield* Deferred.await(port), log: Effect.sync(() => lines.join("\n")) }
  })

/** The number of equal answers after which nothing is on its way any more. */
const EQUAL = 8

/** Waits until the number stays the same. */
const steady = (count: Effect.Effect<number>) => {
  let last = { count: -1, times: 0 }
  const next = Effect.map(count, (now) => {
    last = { count: now, times: now === last.count ? last.times + 1 : 0 }
    return last.times
  })
  return until("nothing changes", next, (times) => times >= EQUAL)
}

/** A notifier in this process and one in another process, with runners that are connected to the other one. */
export const twoProcesses = (options: {
  readonly broker: Broker
  readonly database: string
  readonly runners: number
}) =>
  Effect.gen(function* () {
    const { broker, database } = options
    const other = yield* startOther({ broker, database })
    const stores = SqlStores.layerWithoutMigrations.pipe(
      Layer.provide(PgClient.layer({ url: Redacted.make(database), maxConnections: 3 }))
    )
    const server = createServer()
    yield* listen(server)
    const built = yield* Layer.build(Layer.provideMerge(notifierOver(broker, server, { interval: 0 }), stores))
    const notifier = Context.get(built, RunnerNotifier.RunnerNotifier)

    const join = Effect.gen(function* () {
      const token = `ptrt-${crypto.randomUUID()}`
      const tokenHash = yield* Tokens.hashToken(Redacted.make(token))
      const { id } = yield* Effect.provide(aRegisteredRunner({ tokenHash }), built)
      const client = yield* connect(other.port, token)
      yield* until("the runner is connected", client.connected, (is) => is)
      return { ...client, id }
    })
    const runners = yield* Effect.replicateEffect(join, options.runners)
    const total = Effect.map(
      Effect.forEach(runners, ({ pings }) => pings),
      (all) => all.reduce((a, b) => a + b, 0)
    )
    // Pings reach all runners as soon as this process knows of their connections.
    const known = Effect.gen(function* () {
      const all = Effect.forEach(runners, ({ pings }) => pings)
      const ask = Effect.zipRight(notifier.availableJobs(demandFor(runners.length)), all)
      yield* until("all runners are pinged", ask, (counts) => counts.every((count) => count > 0))
      yield* steady(total)
    })
    return {
      notifier,
      runners,
      total,
      known,
      otherLog: other.log,
      jobs: Context.get(built, JobStore.JobStore),
      store: Context.get(built, RunnerStore.RunnerStore)
    }
  })
