import { Args, Command, Options } from "@effect/cli"
import { Ids, Runner, RunnerHealth, RunnerSettings, Runners } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, listOptions, moment, printChange, printFacts, printList } from "../output.ts"
import { Refusal, refusal, refusedInput } from "../Refusal.ts"
import { labels } from "./given.ts"

const filters = {
  search: Options.text("search").pipe(
    Options.optional,
    Options.withDescription("Only runners with this text in their name")
  ),
  states: Options.choice("state", Runner.RunnerState.literals).pipe(
    Options.repeated,
    Options.withDescription("Only runners in this state; may be given several times")
  ),
  online: Options.choice("online", ["yes", "no"]).pipe(
    Options.optional,
    Options.withDescription("Only runners that are online, or only others")
  )
}

const filterOf = ({ online, search, states }: Command.Command.ParseConfig<typeof filters>) => ({
  ...(Option.isSome(search) ? { text: search.value } : {}),
  ...(states.length > 0 ? { states } : {}),
  ...(Option.isSome(online) ? { online: online.value === "yes" } : {})
})

/** The end of a quarantine that goes on, or `trial` while the next job decides. */
const quarantineOf = ({ health }: Runner.Runner, now: DateTime.Utc): string | null => {
  const standing = RunnerHealth.standingOf(health, now)
  if (standing !== "quarantined") return standing === "trial" ? standing : null
  return Option.getOrNull(Option.map(health.quarantine, ({ until }) => moment(until)))
}

const list = Command.make("list", { ...listOptions, ...filters }, (given) =>
  Effect.flatMap(Effect.all([Runners.Runners, DateTime.now]), ([runners, now]) =>
    printList({
      ...{ options: given, none: "No runner is registered." },
      list: (page) => runners.list({ ...page, ...filterOf(given) }),
      row: (runner) => ({
        id: runner.id,
        name: runner.name,
        state: runner.state,
        "quarantined until": quarantineOf(runner, now),
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

const factsOf = (runner: Runners.ListedRunner) => ({
  id: runner.id,
  name: runner.name,
  description: Option.getOrNull(runner.description),
  state: runner.state,
  quarantine: Option.getOrNull(
    Option.map(runner.health.quarantine, ({ reason, until }) => ({ until: moment(until), reason }))
  ),
  online: runner.online,
  "online since": Option.getOrNull(Option.map(runner.onlineSince, moment)),
  jobs: runner.processing,
  labels: runner.labels,
  version: Option.getOrNull(runner.version),
  address: Option.getOrNull(runner.ip),
  "last contact": moment(runner.lastContact),
  registered: moment(runner.createdAt)
})

const show = Command.make("show", { id, json }, ({ id, json }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { data } = yield* runners.list({ start: 0, count: 1, id: Ids.RunnerId.make(id) })
    const [found] = data
    yield* found === undefined ? unknown(id) : printFacts(json, factsOf(found))
  })
).pipe(Command.withDescription("Shows a runner, and why it is in quarantine"))

const update = (id: number, settings: typeof RunnerSettings.RunnerSettings.Encoded, json: boolean) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const decoded = yield* Effect.mapError(Schema.decodeUnknown(RunnerSettings.RunnerSettings)(settings), refusedInput)
    const changed = yield* Effect.catchTag(runners.update(Ids.RunnerId.make(id), decoded), "RunnerNameTaken", refusal)
    if (Option.isNone(changed)) return yield* unknown(id)
    yield* printChange(json, factsOf(changed.value))
  })

const rename = Command.make("rename", { id, name: Args.text({ name: "name" }), json }, ({ id, json, name }) =>
  update(id, { name }, json)
).pipe(Command.withDescription("Changes the name of a runner"))

const relabel = Command.make(
  "labels",
  { id, labels: labels("A label that the runner has from now on"), json },
  ({ id, json, labels }) => update(id, { labels }, json)
).pipe(Command.withDescription("Replaces the labels of a runner, or removes them when none is given"))

const stateCommand = (name: string, state: "active" | "paused" | "draining", description: string) =>
  Command.make(name, { id, json }, ({ id, json }) => update(id, { state }, json)).pipe(
    Command.withDescription(description)
  )

const remove = Command.make("delete", { id, json }, ({ id, json }) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    if (!(yield* runners.remove(Ids.RunnerId.make(id)))) return yield* unknown(id)
    yield* printChange(json, { id })
  })
).pipe(Command.withDescription("Removes a runner and gives its jobs to others"))

export const runnerCommand: CommandOf<"runner", Runners.Runners> = Command.make("runner").pipe(
  Command.withDescription("Programs that transcode"),
  Command.withSubcommands([
    list,
    show,
    rename,
    relabel,
    stateCommand("pause", "paused", "Gives a runner no more jobs until it is resumed"),
    stateCommand("resume", "active", "Gives a paused or draining runner jobs again"),
    stateCommand("drain", "draining", "Gives a runner no more jobs, so that it can be stopped when it is idle"),
    remove
  ])
)
