import { Args, Command, Options } from "@effect/cli"
import { Ids, RunnerSettings, Runners } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { listOptions, moment, printList } from "../output.ts"
import { Refusal, refusal } from "../Refusal.ts"

const list = Command.make("list", listOptions, (options) =>
  Effect.flatMap(Runners.Runners, (runners) =>
    printList({
      ...{ options, none: "No runner is registered." },
      list: (page) => runners.list(page),
      row: (runner) => ({
        id: runner.id,
        name: runner.name,
        state: runner.state,
        "quarantined until": Option.getOrNull(Option.map(runner.health.quarantine, ({ until }) => moment(until))),
        online: runner.online,
        jobs: runner.processing,
        labels: runner.labels.join(",") || null,
        version: Option.getOrNull(runner.version),
        address: Option.getOrNull(runner.ip),
        "last contact": moment(runner.lastContact)
      })
    })
  )
).pipe(Command.withDescription("Lists the registered runners, newest first"))

const id = Args.integer({ name: "id" })

const unknown = (id: number) => new Refusal({ message: `There is no runner ${id}.` })

const update = (id: number, settings: typeof RunnerSettings.RunnerSettings.Encoded) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const decoded = yield* Effect.mapError(
      Schema.decodeUnknown(RunnerSettings.RunnerSettings)(settings),
      ({ message }) => new Refusal({ message })
    )
    const changed = yield* Effect.catchTag(runners.update(Ids.RunnerId.make(id), decoded), "RunnerNameTaken", refusal)
    if (Option.isNone(changed)) yield* unknown(id)
  })

const rename = Command.make("rename", { id, name: Args.text({ name: "name" }) }, ({ id, name }) =>
  update(id, { name })
).pipe(Command.withDescription("Changes the name of a runner"))

const labels = Command.make(
  "labels",
  {
    id,
    set: Options.text("set").pipe(
      Options.repeated,
      Options.withDescription("A label that the runner has from now on; may be given several times; none: no labels")
    )
  },
  ({ id, set }) => update(id, { labels: set })
).pipe(Command.withDescription("Replaces the labels of a runner"))

const stateCommand = (name: string, state: "active" | "paused" | "draining", description: string) =>
  Command.make(name, { id }, ({ id }) => update(id, { state })).pipe(Command.withDescription(description))

const remove = Command.make("delete", { id }, ({ id }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    if (!(yield* runners.remove(Ids.RunnerId.make(id)))) yield* unknown(id)
  })
).pipe(Command.withDescription("Removes a runner and gives its jobs to others"))

export const runnerCommand: CommandOf<"runner", Runners.Runners> = Command.make("runner").pipe(
  Command.withDescription("Programs that transcode"),
  Command.withSubcommands([
    list,
    rename,
    labels,
    stateCommand("pause", "paused", "Gives a runner no more jobs until it is resumed"),
    stateCommand("resume", "active", "Gives a paused or draining runner jobs again"),
    stateCommand("drain", "draining", "Gives a runner no more jobs, so that it can be stopped when it is idle"),
    remove
  ])
)
