import { Args, Options } from "@effect/cli"
import { Ids, Scheduling } from "@runner-connector/core"
import { Console, Effect, Schema } from "effect"
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

/** Does something with each argument. A refusal of one is printed and does not stop the others. */
export const forEach = <E, R>(
  given: ReadonlyArray<string>,
  act: (text: string) => Effect.Effect<void, Refusal | E, R>
): Effect.Effect<void, Refusal | Exclude<E, Refusal>, R> =>
  Effect.gen(function* () {
    const [first, ...others] = given
    if (first !== undefined && others.length === 0)
      return yield* act(first) as Effect.Effect<void, Refusal | Exclude<E, Refusal>, R>
    let refused = 0
    for (const text of given) {
      yield* Effect.catchIf(
        act(text),
        (error): error is Refusal => error instanceof Refusal,
        ({ message }) => {
          refused += 1
          return Console.error(message)
        }
      ) as Effect.Effect<void, Exclude<E, Refusal>, R>
    }
    if (refused > 0) yield* new Refusal({ message: `${refused} of ${given.length} were refused.` })
  })
