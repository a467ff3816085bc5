import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as ExampleServer from "./ExampleServer.ts"
import { survivors } from "./processes.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/** A folder for data that does not exist. */
export const aFolder = Effect.map(temporaryFolder, (folder) => join(folder, "data"))

/** Starts a server that cannot work. Gives its error output without the lines of the log. */
export const lastWords = (options: ExampleServer.ServerOptions) =>
  Effect.gen(function* () {
    const server = yield* ExampleServer.launch(options)
    const { code, signal } = yield* server.ended.pipe(
      Effect.timeout("2 minutes"),
      Effect.orElse(() => Effect.flatMap(server.log, (log) => Effect.dieMessage(`It goes on:\n${log}`)))
    )
    assert.strictEqual(signal, null)
    assert.notStrictEqual(code, 0)
    const log = yield* server.log
    assert.notMatch(log, /^ +at /m, "no stack traces for operators")
    return log.split("\n").filter((line) => line !== "" && !/^timestamp=\S+ level=INFO/.test(line))
  })

/** Asserts that no PostgreSQL works on the data. */
export const noPostgres = (dataDir: string): void => deepStrictEqual(survivors(ExampleServer.postgresOf(dataDir)), [])

/** Invalid settings, with the complete output: one sentence per variable. */
export type Refused = readonly [env: Record<string, string>, ...sentences: ReadonlyArray<RegExp>]

/** Tests that the server ends with these sentences. */
export const refuses = (what: string, [env, ...sentences]: Refused): void =>
  it.scopedLive(
    `for ${what}`,
    () =>
      Effect.gen(function* () {
        const dataDir = yield* aFolder
        const words = yield* lastWords({ dataDir, port: yield* freePort, env })
        noPostgres(dataDir)
        assert.strictEqual(words.length, sentences.length, words.join("\n"))
        for (const [index, sentence] of sentences.entries()) assert.match(String(words[index]), sentence)
      }),
    300_000
  )
