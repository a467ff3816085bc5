import { createServer } from "node:http"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import {
  ConnectorConfig,
  ConnectorHooks,
  JobType,
  MemoryDisk,
  MemoryMediaCutter,
  MemoryMediaProbe,
  MemoryMediaRemuxer,
  MemoryStores,
  RunnerConnector,
  RunnerNotifier
} from "@runner-connector/core"
import { H3Runners } from "@runner-connector/http-h3"
import { RunnerWeb } from "@runner-connector/protocol"
import { FsStorage } from "@runner-connector/storage-fs"
import { Context, Effect, Layer, Queue } from "effect"
import { freePort, temporaryFolder } from "../support/workspace.ts"
import { Checksum, Waveform, Waveforms } from "./Waveform.ts"

/** What the application has learned, and where its server is. */
export class Application extends Context.Tag("e2e/Application")<
  Application,
  {
    readonly url: string
    readonly saved: Map<string, ReadonlyArray<number>>
    readonly seconds: Array<number>
    /** The ends of jobs, as the hook reports them. */
    readonly ended: Queue.Queue<string>
  }
>() {}

const application = Layer.effect(
  Application,
  Effect.gen(function* () {
    const ended = yield* Queue.unbounded<string>()
    return { url: `http://127.0.0.1:${yield* freePort}`, saved: new Map(), seconds: [], ended }
  })
)

const waveforms = Layer.effect(
  Waveforms,
  Effect.map(Application, ({ saved, seconds }) => ({
    progress: (_id, second) => Effect.sync(() => void seconds.push(second)),
    save: (id, peaks) => Effect.sync(() => void saved.set(id, peaks))
  }))
)

const hooks = Layer.unwrapEffect(
  Effect.map(Application, ({ ended }) =>
    ConnectorHooks.layer({ jobEnded: ({ state, type }) => Effect.asVoid(Queue.offer(ended, `${type} ${state}`)) })
  )
)

const wire = Layer.unwrapScoped(
  Effect.gen(function* () {
    const { url } = yield* Application
    const spoolDirectory = join(yield* temporaryFolder, "spool")
    return H3Runners.serve(createServer(), { host: "127.0.0.1", port: Number(new URL(url).port) }).pipe(
      Layer.provide(RunnerWeb.layerWith({ spoolDirectory }))
    )
  })
)

const config = Layer.unwrapEffect(
  Effect.map(Application, ({ url }) => ConnectorConfig.layer({ publicUrl: new URL(url) }))
)

const files = Layer.unwrapScoped(Effect.map(temporaryFolder, (root) => FsStorage.layer({ root: join(root, "files") })))

/** An application with two job types of its own, on the real wire. */
export const host = wire.pipe(
  Layer.provideMerge(RunnerConnector.layerWith({ jobTypes: [...JobType.builtIn, Waveform, Checksum] })),
  Layer.provideMerge(
    Layer.mergeAll(files, MemoryMediaProbe.layer, MemoryMediaRemuxer.layer, MemoryMediaCutter.layer, waveforms)
  ),
  Layer.provideMerge(Layer.mergeAll(MemoryStores.layer, MemoryDisk.layer, RunnerNotifier.layerSilent, config, hooks)),
  Layer.provideMerge(Layer.merge(application, NodeContext.layer))
)
