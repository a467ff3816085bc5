import { Transcoding } from "@runner-connector/core"
import { aVideo, TestFiles, Testing } from "@runner-connector/core/testing"
import { Effect, Logger, LogLevel } from "effect"
import { assert } from "vitest"
import { type Ended, run } from "./commandLine.ts"

/** Runs a test over a connector in memory. */
export const connected = <A, E>(effect: Effect.Effect<A, E, Testing.TestConnector>): Promise<A> =>
  effect.pipe(Logger.withMinimumLogLevel(LogLevel.Warning), Effect.provide(Testing.layerConnector()), Effect.runPromise)

/** Adds a video that waits for its renditions. */
export const aFilm = (name = "film") =>
  Effect.gen(function* () {
    const { put } = yield* TestFiles
    yield* put(`sources/${name}.mp4`, aVideo())
    const { transcodeVideo } = yield* Transcoding.Transcoding
    return yield* transcodeVideo({ path: `sources/${name}.mp4`, destination: `videos/${name}`, title: name })
  })

export type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

/** The rows that a command prints with `--json`. */
export const rowsOf = (...words: ReadonlyArray<string>): Effect.Effect<Rows, never, Testing.TestConnector> =>
  Effect.map(run(...words, "--json"), ({ err, out }): Rows => {
    assert.strictEqual(err, "")
    return JSON.parse(out)
  })

/** Asserts that a command succeeded without a message. */
export const done = ({ err, failed }: Ended): void => assert.deepStrictEqual([failed, err], [false, ""])

/** Asserts that a command was refused with this message, and printed nothing else. */
export const refused = ({ err, failed, out }: Ended, message: string): void =>
  assert.deepStrictEqual([failed, err, out], [true, `${message}\n`, ""])
