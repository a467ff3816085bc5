import { Args, Options } from "@effect/cli"
import { Ids, type RunnerJob, Scheduling } from "@runner-connector/core"
import { Console, Effect, Schema } from "effect"
import { printJson } from "../output.ts"
import { Refusal } from "../Refusal.ts"

/** One UUID. */
export const uuid: Args.Args<string> = Args.text({ name: "uuid" })

/** One UUID or several. */
export const uuids: Args.Args<ReadonlyArray<string>> = Args.atLeast(uuid, 1)

/** `--to`: a priority. */
export const priority: Options.Options<string> = Options.text("to").pipe(
  Options.withDescription("high, normal, low, or a number from -10 to 10. Higher runs first")
)

/** The priority as stored. */
export const priorityOf = (text: string): Effect.Effect<number, Refusal> =>
  Effect.mapError(
    Schema.decodeUnknown(Scheduling.PriorityNumber)(/^-?\d+$/.test(text) ? Number(text) : text),
    () => new Refusal({ message: `${text} is no priority. Give high, normal, low, or a number from -10 to 10.` })
  )

/** `--label`: any number of labels. */
export const labels = (description: string): Options.Options<ReadonlyArray<string>> =>
  Options.text("label").pipe(Options.repeated, Options.withDescription(`${description}; may be given several times`))

/** Decides when and where the jobs of a new video run. */
export const scheduling = {
  labels: labels("A label that runners must have for its jobs, such as gpu"),
  tenant: Options.text("tenant").pipe(
    Options.optional,
    Options.withDescription("The customer who shares the runners with others")
  ),
  priority: Options.text("priority").pipe(
    Options.optional,
    Options.withDescription("high, normal, low, or a number from -10 to 10. Higher runs first")
  )
}

/** The error about a video that is not there. */
export const unknownVideo = (text: string): Refusal => new Refusal({ message: `There is no video ${text}.` })

/** The error about a job that is not there. */
export const unknownJob = (text: string): Refusal => new Refusal({ message: `There is no job ${text}.` })

/** The id of a video in an argument. */
export const videoIdOf = (text: string): Effect.Effect<Ids.VideoId, Refusal> =>
  Effect.mapError(Schema.decodeUnknown(Ids.VideoId)(text), () => unknownVideo(text))

/** The id of a job in an argument. */
export const jobIdOf = (text: string): Effect.Effect<Ids.JobId, Refusal> =>
  Effect.mapError(Schema.decodeUnknown(Ids.JobId)(text), () => unknownJob(text))

/** The outcome for one argument. Null: no error. */
interface Result {
  readonly uuid: string
  readonly error: string | null
}

const resultOf = <E, R>(
  uuid: string,
  act: Effect.Effect<void, Refusal | E, R>
): Effect.Effect<Result, Exclude<E, Refusal>, R> =>
  act.pipe(
    Effect.as({ uuid, error: null }),
    Effect.catchIf(
      (error): error is Refusal => error instanceof Refusal,
      ({ message }) => Effect.succeed({ uuid, error: message })
    )
  ) as Effect.Effect<Result, Exclude<E, Refusal>, R>

/**
 * Changes the record of each argument. Prints the refusal of one and continues with the others. `json` prints the
 * outcome of each for programs.
 */
export const forEach = <E, R>(
  given: ReadonlyArray<string>,
  act: (text: string) => Effect.Effect<void, Refusal | E, R>,
  json: boolean
): Effect.Effect<void, Refusal | Exclude<E, Refusal>, R> =>
  Effect.gen(function* () {
    const printError = ({ error }: Result) =>
      error === null || json || given.length === 1 ? Effect.void : Console.error(error)
    const results = yield* Effect.forEach(given, (text) => Effect.tap(resultOf(text, act(text)), printError))
    if (json) yield* printJson(results)
    const [first, ...others] = results.flatMap(({ error }) => error ?? [])
    if (first === undefined) return
    const message = given.length === 1 ? first : `${others.length + 1} of ${given.length} were refused.`
    yield* new Refusal({ message })
  })

/** The same for a change that makes or ends jobs, which are printed. */
export const forEachWithJobs = <E, R>(
  given: ReadonlyArray<string>,
  act: (text: string) => Effect.Effect<ReadonlyArray<RunnerJob.RunnerJob>, Refusal | E, R>,
  json: boolean
): Effect.Effect<void, Refusal | Exclude<E, Refusal>, R> =>
  Effect.gen(function* () {
    const jobs: Array<RunnerJob.RunnerJob> = []
    const ended = yield* Effect.either(
      forEach(given, (text) => Effect.map(act(text), (found) => void jobs.push(...found)), false)
    )
    yield* printJobs(json, jobs)
    yield* ended
  })

/** Prints the ids of jobs, one in a line. */
export const printJobs = (json: boolean, jobs: ReadonlyArray<RunnerJob.RunnerJob>): Effect.Effect<void> =>
  json
    ? printJson(jobs.map(({ id, type }) => ({ uuid: id, type })))
    : Effect.forEach(jobs, ({ id }) => Console.log(id), { discard: true })
