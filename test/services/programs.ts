import { spawn } from "node:child_process"
import { Deferred, Effect, Schedule, Schema, type Scope } from "effect"
import { environment } from "../../scripts/services.mjs"

/** A program of a service failed, or the service does not answer. */
export class ServiceError extends Schema.TaggedError<ServiceError>()("ServiceError", { message: Schema.String }) {}

interface Ended {
  readonly code: number | null
  readonly output: string
}

const withVariables = (variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...environment,
  ...variables
})

/** The end of the output explains most failures. */
const failed = (program: string, what: string, output: string) =>
  new ServiceError({ message: `${program} ${what}. Its output ends with:\n${output.slice(-2000)}` })

/** A number of bytes of output that is enough for messages. */
const KEPT = 64 * 1024

const launch = (program: string, args: ReadonlyArray<string>, variables: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<Ended, ServiceError>()
    let output = ""
    // The kernel kills the program when the tests are killed.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], {
      env: withVariables(variables),
      stdio: ["ignore", "pipe", "pipe"]
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-KEPT)
      })
    }
    child.once("error", ({ message }) =>
      Deferred.unsafeDone(
        ended,
        Effect.fail(new ServiceError({ message: `${program} could not be started: ${message}` }))
      )
    )
    child.once("close", (code) => Deferred.unsafeDone(ended, Effect.succeed({ code, output })))
    return { child, ended }
  })

/** Runs a program to its end and returns its output. */
export const run = (
  program: string,
  args: ReadonlyArray<string>,
  variables: Readonly<Record<string, string>> = {}
): Effect.Effect<string, ServiceError> =>
  Effect.gen(function* () {
    const { ended } = yield* launch(program, args, variables)
    const { code, output } = yield* Deferred.await(ended)
    return code === 0 ? output : yield* failed(program, `ended with exit code ${code}`, output)
  })

/** A running program. */
export interface Program {
  readonly pid: number
  /** Fails when the program ends. Never succeeds. */
  readonly failure: Effect.Effect<never, ServiceError>
  /** Kills it and waits for its end. */
  readonly kill: Effect.Effect<void>
}

/** Starts a program in the foreground. It is killed with the scope. */
export const start = (
  program: string,
  args: ReadonlyArray<string>,
  variables: Readonly<Record<string, string>> = {}
): Effect.Effect<Program, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(
      launch(program, args, variables),
      ({ child, ended }): Program => ({
        pid: child.pid ?? 0,
        failure: Effect.flatMap(Deferred.await(ended), ({ code, output }) =>
          failed(program, `ended with exit code ${code}`, output)
        ),
        kill: Effect.zipRight(
          Effect.sync(() => child.kill("SIGKILL")),
          Effect.ignore(Deferred.await(ended))
        )
      })
    ),
    ({ kill }) => kill
  )

const everyMoment = Schedule.spaced("100 millis")

/** Repeats the check until it succeeds. Fails when one of the programs ends, or after the limit. */
export const untilReady = (
  name: string,
  check: Effect.Effect<unknown, unknown>,
  programs: ReadonlyArray<Program>,
  limit: `${number} seconds` = "90 seconds"
): Effect.Effect<void, ServiceError> =>
  programs
    .reduce((ready, { failure }) => Effect.raceFirst(ready, failure), Effect.retry(check, { schedule: everyMoment }))
    .pipe(
      Effect.timeoutFail({
        duration: limit,
        onTimeout: () => new ServiceError({ message: `${name} did not answer within ${limit}` })
      }),
      Effect.mapError((error) =>
        error instanceof ServiceError
          ? error
          : new ServiceError({ message: `${name} does not answer: ${String(error)}` })
      ),
      Effect.asVoid
    )
