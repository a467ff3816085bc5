import { NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Duration, Effect, FastCheck as fc, Layer, Logger, LogLevel, Record, Redacted } from "effect"
import { register } from "../../../core/test/support/actions.ts"
import {
  assertParents,
  type Caller,
  type Command,
  command,
  newCaller,
  perform,
  restless
} from "../../../core/test/support/commands.ts"
import { startProcess } from "../../../core/test/support/Process.ts"
import { SqlStores } from "../../src/index.ts"
import { type Order, type Report, settings } from "./order.ts"
import { makeSqlWorld } from "./SqlWorld.ts"
import { sharedFiles } from "./sharedFiles.ts"

/**
 * A process of its own with a server and three runners, which do what a seed says, at once and with others that do the
 * same. Writes a line for each command, and in the end its report.
 */
const order = JSON.parse(process.argv[2] ?? "") as Order

const RUNNERS = 3

/** Whatever the seed says: there is something to do, and it is done. */
const opening: ReadonlyArray<Command> = [
  { kind: "take in", pick: 1 },
  { kind: "succeed", pick: 1 },
  { kind: "succeed", pick: 2 }
]

const say = (line: string) => Effect.sync(() => void process.stdout.write(`${line}\n`))

const program = Effect.gen(function* () {
  const world = yield* makeSqlWorld(yield* sharedFiles(order.folder, order.name))
  const server = yield* startProcess(world, {
    around: restless(0),
    settings: Record.map(settings, (duration) => Duration.decode(duration))
  })
  const accepted: Array<string> = []
  const failed: Array<string> = []
  const answers: Array<string> = []

  const carryOut = (caller: Caller, one: Command) =>
    Effect.gen(function* () {
      const answer = yield* perform(caller, one)
      assertParents(world)
      answers.push(`${one.kind}: ${answer}`)
      const last = caller.lost.at(-1)
      if (one.kind === "fail" && answer === "ok" && last !== undefined) failed.push(last.job.id)
      yield* say(".")
    })

  const liveOf = (n: number) =>
    Effect.gen(function* () {
      const caller = newCaller(server, yield* register(server, `${order.name}-${n}`))
      const commands = fc.sample(command, { seed: order.seed + n, numRuns: order.commands })
      yield* Effect.forEach([...opening, ...commands], (one) => carryOut(caller, one), { discard: true })
      const ever = [...caller.lost, ...(caller.held === undefined ? [] : [caller.held])]
      accepted.push(...ever.map(({ job }) => job.id))
    })

  yield* Effect.forEach(
    Array.from({ length: RUNNERS }, (_, n) => n),
    liveOf,
    {
      concurrency: "unbounded",
      discard: true
    }
  )
  yield* server.stop
  const { edits, removals, reopened } = world
  const report: Report = { reopened, edits: [...edits], removals: [...removals], accepted, failed, answers }
  yield* say(JSON.stringify(report))
})

const database = PgClient.layer({ url: Redacted.make(order.url), maxConnections: 5 })

NodeRuntime.runMain(
  program.pipe(
    Effect.provide(Layer.provideMerge(SqlStores.layerWithoutMigrations, database)),
    Logger.withMinimumLogLevel(LogLevel.Error)
  )
)
