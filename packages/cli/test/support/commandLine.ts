import { Command, ValidationError } from "@effect/cli"
import * as NodeContext from "@effect/platform-node/NodeContext"
import type { Testing } from "@runner-connector/core/testing"
import { ConfigProvider, Console, Effect, Either, Layer } from "effect"
import { endWithSentence } from "../../src/endWithSentence.ts"
import { layer } from "../../src/installation/fromEnvironment.ts"
import { commandsOf } from "../../src/root.ts"

/** Every command over the connector of the test. */
export const root = Effect.map(Effect.context<Testing.TestConnector>(), (context) =>
  commandsOf({
    installation: layer,
    settings: Effect.succeed([{ name: "PORT", value: "9000", origin: "default", secret: false, description: null }]),
    useCases: Layer.succeedContext(context),
    tables: Layer.die("no test uses the tables")
  })
)

/** A command that has ended. */
export interface Ended {
  readonly out: string
  readonly err: string
  readonly failed: boolean
  /** Whether the words are no command. */
  readonly invalid: boolean
}

/** Runs a command in this process, without a terminal. */
export const run = (...words: ReadonlyArray<string>): Effect.Effect<Ended, never, Testing.TestConnector> =>
  Effect.gen(function* () {
    const text = { out: "", err: "" }
    const print =
      (to: "err" | "out") =>
      (...line: ReadonlyArray<unknown>) =>
        Effect.sync(() => {
          text[to] += `${line.join(" ")}\n`
        })
    const console = yield* Console.consoleWith((usual) =>
      Effect.succeed({ ...usual, log: print("out"), error: print("err") })
    )
    const command = Command.run(yield* root, { name: "test", version: "0", executable: "runner-connector" })
    const ended = yield* command(["node", "runner-connector", ...words]).pipe(
      endWithSentence(),
      Effect.either,
      Effect.withConsole(console),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map())),
      Effect.provide(NodeContext.layer)
    )
    const invalid = Either.isLeft(ended) && ValidationError.isValidationError(ended.left)
    return { ...text, failed: Either.isLeft(ended), invalid }
  })
