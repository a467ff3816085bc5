import { TestFiles, Testing } from "@runner-connector/core/testing"
import { httpCalls } from "@runner-connector/protocol/testing"
import { LocalDisk } from "@runner-connector/storage-fs/testing"
import { DateTime, Effect, Layer, type ManagedRuntime } from "effect"
import type { Connector } from "../api/Connector.ts"
import { connect } from "../connect.ts"
import type { ConnectorOptions } from "../options/ConnectorOptions.ts"
import { makeTestRun, type TestRun } from "./TestRun.ts"
import { makeTestRunner, type TestRunner } from "./TestRunner.ts"

/** The options of a connector, except those of programs that a test connector does not use. */
export interface TestConnectorOptions
  extends Partial<Omit<ConnectorOptions, "database" | "dataDir" | "storage" | "localRunner" | "ffmpeg" | "redis">> {
  /** The moment at which the time of the test begins. Default: 2030-01-01, midnight UTC. */
  readonly now?: Date | undefined
}

type Unit = "millis" | "second" | "seconds" | "minute" | "minutes" | "hour" | "hours" | "day" | "days"

/** Milliseconds, or a text such as `2 minutes`. */
export type TestDuration = number | `${number} ${Unit}`

/** The time of a test connector. It moves only when the test says so. */
export interface TestTime {
  readonly now: () => Promise<Date>
  /**
   * Moves the time. Meanwhile test runners send heartbeats for their jobs, unless they are silent, and upkeep runs.
   * Resolves when everything that became due is done.
   */
  readonly advance: (duration: TestDuration) => Promise<void>
  /** Resolves when all results are stored and all hooks are called. */
  readonly settled: () => Promise<void>
}

/** The files in the storage of a test connector. A missing file rejects. */
export interface TestStorage {
  readonly put: (path: string, content: Uint8Array | string) => Promise<void>
  readonly read: (path: string) => Promise<Uint8Array>
  readonly readText: (path: string) => Promise<string>
  readonly exists: (path: string) => Promise<boolean>
  /** The paths of all files, or of those that begin with the prefix, sorted. */
  readonly list: (prefix?: string) => Promise<ReadonlyArray<string>>
}

/** A connector in memory, with what a test does to it. */
export interface TestConnector extends Connector {
  /** A runner that does what the test says. */
  readonly runner: TestRunner
  /** Another one. Its name is numbered unless one is given. */
  readonly newRunner: (name?: string) => TestRunner
  readonly time: TestTime
  readonly files: TestStorage
}

const START = new Date("2030-01-01T00:00:00Z")

const timeOf = (run: TestRun): TestTime => ({
  now: async () => DateTime.toDate(await run(DateTime.now)),
  advance: (duration) => run(Testing.advance(duration)),
  settled: () => run(Testing.settled)
})

const filesOf = (run: TestRun): TestStorage => {
  const using = <A, E>(use: (files: TestFiles["Type"]) => Effect.Effect<A, E>) => run(Effect.flatMap(TestFiles, use))
  return {
    put: (path, content) => using(({ put }) => put(path, content)),
    read: (path) => using(({ read }) => read(path)),
    readText: (path) => using(({ readText }) => readText(path)),
    exists: (path) => using(({ exists }) => exists(path)),
    list: (prefix) => using(({ list }) => list(prefix))
  }
}

/**
 * A connector for tests of an application: the same calls, hooks and HTTP handler as a real one, over ports in memory.
 * Needs no PostgreSQL and no FFmpeg, and takes milliseconds. Files are made by `aVideo`. Only errors are logged by default.
 */
export const createTestConnector = async (options: TestConnectorOptions = {}): Promise<TestConnector> => {
  const { now = START, ...given } = options
  const layer = Testing.layerTime(now).pipe(Layer.provideMerge(Testing.layer({ disk: new LocalDisk() })))
  const usual = { publicUrl: "https://media.example", logLevel: given.logger === undefined ? "error" : "info" }
  const { connector, engine } = await connect({ ...usual, ...given, layer } as ConnectorOptions)
  const runtime = engine.runtime as unknown as ManagedRuntime.ManagedRuntime<never, unknown>
  const run = makeTestRun(runtime, httpCalls(connector.fetch))
  let runners = 0
  const newRunner = (name?: string) => {
    runners += 1
    return makeTestRunner(run, name ?? `test-runner-${runners}`)
  }
  return { ...connector, runner: newRunner(), newRunner, time: timeOf(run), files: filesOf(run) }
}
