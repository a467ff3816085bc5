import { createServer } from "node:http"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import * as C from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/core/protocol"
import { Effect, Layer, Option, Redacted, Stream, Logger } from "effect"
import { FileSystem } from "@effect/platform"
import { createReadStream, statSync } from "node:fs"
import { NodeStream } from "@effect/platform-node"
import { H3Runners } from "../src/index.ts"
import { aJob, aNewVideo } from "@runner-connector/contracts"

const big = process.env.BIG!
const server = createServer()
const disk = C.MemoryDisk.layer
const twins = Layer.mergeAll(C.MemoryStores.layer, C.MemoryMediaProbe.layer).pipe(Layer.provide(disk))
const storage = Layer.effect(C.FileStorage.FileStorage, Effect.map(FileSystem.FileSystem, (fs) => ({
  stat: () => Effect.succeed({ size: statSync(big).size, etag: "x" }),
  read: () => (process.env.NODESTREAM ? NodeStream.fromReadable(() => createReadStream(big, { highWaterMark: Number(process.env.HWM ?? 65536) }), (e) => e as never) : fs.stream(big, { chunkSize: Number(process.env.HWM ?? 65536) })).pipe(Stream.orDie) as any,
  write: () => Effect.void, adopt: () => Effect.void, remove: () => Effect.void, downloadUrl: () => Effect.succeedNone, source: () => Effect.die("x")
}) as any))
const config = C.ConnectorConfig.layer({ publicUrl: new URL("http://x") })
const all = H3Runners.serve(server, { port: Number(process.env.PORT), host: "127.0.0.1" }).pipe(
  Layer.provideMerge(RunnerWeb.layerWith(process.env.SPOOL ? { spoolDirectory: process.env.SPOOL } : {})),
  Layer.provideMerge(C.RunnerConnector.layerUseCases), Layer.provideMerge(Layer.mergeAll(twins, storage)),
  Layer.provide([C.RunnerNotifier.layerSilent, config]), Layer.provide(NodeContext.layer))
Effect.gen(function* () {
  const runners = yield* C.Runners.Runners
  const videos = yield* C.VideoStore.VideoStore
  const jobs = yield* C.RunnerJobs.RunnerJobs
  const { registrationToken } = yield* runners.createRegistrationToken
  const nobody = { ip: Option.none<string>(), version: Option.none<string>() }
  const { runnerToken } = yield* runners.register({ registrationToken, name: "a", description: Option.none(), ...nobody })
  const tokens = []
  for (let i = 0; i < 12; i++) {
    const v = aNewVideo()
    const j = aJob({ videoId: Option.some(v.id), payload: { output: { resolution: 240, fps: 25, separatedAudio: false } }, privatePayload: { videoId: v.id, place: { destination: v.destination, baseName: null } } })
    yield* videos.insert(v, [j])
    const r = yield* jobs.accept({ id: j.id, runnerToken, caller: nobody })
    tokens.push({ id: j.id, video: v.id, runnerToken: Redacted.value(runnerToken), jobToken: Redacted.value(r.jobToken) })
  }
  console.log(JSON.stringify(tokens))
  let peak = 0
  setInterval(() => { const r = process.memoryUsage().rss; if (r > peak) peak = r }, 20)
  process.on("SIGUSR2", () => { console.log(JSON.stringify({ rss: process.memoryUsage().rss / 1e6 | 0, peak: peak / 1e6 | 0 })); peak = 0 })
  yield* Effect.never
}).pipe(Effect.provide(all), Effect.provide(Logger.minimumLogLevel({ _tag: "Error", ordinal: 40000, label: "ERROR", syslog: 3, pipe: undefined as any } as any)), NodeRuntime.runMain)
