import { Args, Command } from "@effect/cli"
import { Ids, Runners } from "@runner-connector/core"
import { DateTime, Effect, Option } from "effect"
import { Refusal } from "../Failure.ts"
import { PAGE, printRows } from "./table.ts"

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { data } = yield* runners.list(PAGE)
    const rows = data.map((runner) => ({
      id: String(runner.id),
      name: runner.name,
      version: Option.getOrElse(runner.version, () => "-"),
      address: Option.getOrElse(runner.ip, () => "-"),
      "last contact": DateTime.formatIso(runner.lastContact)
    }))
    yield* printRows(rows, "No runner is registered.")
  })
).pipe(Command.withDescription("Lists the registered runners, newest first"))

const remove = Command.make("delete", { id: Args.integer({ name: "id" }) }, ({ id }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const removed = yield* runners.remove(Ids.RunnerId.make(id))
    if (!removed) return yield* new Refusal({ message: `There is no runner ${id}.` })
  })
).pipe(Command.withDescription("Removes a runner; its jobs go to others when it falls silent"))

export const runnerCommand = Command.make("runner").pipe(
  Command.withDescription("Programs that do the work"),
  Command.withSubcommands([list, remove])
)
