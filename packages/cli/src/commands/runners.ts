import { Args, Command } from "@effect/cli"
import { Ids, Runners } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { listOptions, moment, printList } from "../output.ts"
import { Refusal } from "../Refusal.ts"

const list = Command.make("list", listOptions, (options) =>
  Effect.flatMap(Runners.Runners, (runners) =>
    printList({
      ...{ options, none: "No runner is registered." },
      list: (page) => runners.list(page),
      row: (runner) => ({
        id: runner.id,
        name: runner.name,
        version: Option.getOrNull(runner.version),
        address: Option.getOrNull(runner.ip),
        "last contact": moment(runner.lastContact)
      })
    })
  )
).pipe(Command.withDescription("Lists the registered runners, newest first"))

const remove = Command.make("delete", { id: Args.integer({ name: "id" }) }, ({ id }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const removed = yield* runners.remove(Ids.RunnerId.make(id))
    if (!removed) return yield* new Refusal({ message: `There is no runner ${id}.` })
  })
).pipe(Command.withDescription("Removes a runner; its jobs go to others when it falls silent"))

export const runnerCommand: CommandOf<"runner", Runners.Runners> = Command.make("runner").pipe(
  Command.withDescription("Programs that do the work"),
  Command.withSubcommands([list, remove])
)
