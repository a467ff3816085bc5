import { Layer } from "effect"
import * as Config from "../config/ConnectorConfig.ts"
import * as ConnectorHooks from "../ports/ConnectorHooks.ts"
import * as MemoryDisk from "../ports/memory/MemoryDisk.ts"
import * as MemoryMediaCutter from "../ports/memory/MemoryMediaCutter.ts"
import * as MemoryMediaProbe from "../ports/memory/MemoryMediaProbe.ts"
import * as MemoryMediaRemuxer from "../ports/memory/MemoryMediaRemuxer.ts"
import * as MemoryStores from "../ports/memory/MemoryStores.ts"
import { layerSilent } from "../ports/RunnerNotifier.ts"
import * as RunnerConnector from "../RunnerConnector.ts"
import { layerLoop as layerHooks } from "../usecases/events/callHooks.ts"
import { inCoarseTime, layerNextStep, type NextStep } from "./coarseClock.ts"
import * as directCalls from "./directCalls.ts"
import * as identifiers from "./identifiers.ts"
import type { RunnerCalls } from "./RunnerCalls.ts"
import * as Files from "./TestFiles.ts"
import * as Runners from "./TestRunners.ts"

/** What a test decides. */
export interface TestOptions {
  /** Missing settings have the defaults of production. `publicUrl` is `https://media.example`. */
  readonly settings?: Partial<Config.ConnectorSettings>
  /** The hooks of the application. */
  readonly hooks?: Partial<ConnectorHooks.Hooks>
  /** The local disk, where received files are. The default is one in memory. */
  readonly disk?: Map<string, Uint8Array>
}

/** The ports in memory, the settings, and what a test needs beside them. */
export type TestPorts =
  | RunnerConnector.Ports
  | Config.ConnectorConfig
  | MemoryDisk.MemoryDisk
  | Files.TestFiles
  | Runners.TestRunners
  | NextStep

/** A connector in memory with test runners. */
export type TestConnector = TestPorts | RunnerConnector.UseCases | RunnerCalls

/**
 * All ports in memory, with settings and hooks, for a connector that the application composes itself. Ids and tokens are
 * numbered, so that every run is the same. Each build has its own state.
 */
export const layer = ({ disk, hooks, settings }: TestOptions = {}): Layer.Layer<TestPorts> =>
  Layer.mergeAll(
    MemoryStores.layer,
    Files.layer,
    MemoryMediaProbe.layer,
    MemoryMediaRemuxer.layer,
    MemoryMediaCutter.layer,
    layerSilent,
    Config.layer({ publicUrl: new URL("https://media.example"), ...settings }),
    Runners.layer,
    layerNextStep,
    identifiers.layer,
    hooks === undefined ? Layer.empty : ConnectorHooks.layer(hooks)
  ).pipe(Layer.provideMerge(disk === undefined ? MemoryDisk.layer : Layer.succeed(MemoryDisk.MemoryDisk, disk)))

/**
 * A complete connector over `layer`: all use cases, hooks that are called, and test runners that call the use cases. Its
 * upkeep runs whenever a test moves the time by `advance`.
 */
export const layerConnector = (options: TestOptions = {}): Layer.Layer<TestConnector> =>
  Layer.merge(directCalls.layer, inCoarseTime(layerHooks)).pipe(
    Layer.provideMerge(RunnerConnector.layerUseCases),
    Layer.provideMerge(layer(options))
  )
