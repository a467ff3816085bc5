import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { startRtmpSource } from "../fixtures/RtmpSource.ts"
import { api } from "./support/Api.ts"
import { runCli } from "./support/cli.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { hasNative, leftOut, playUrl, probeUrl, tracksOf } from "./support/native.ts"
import { only144p } from "./support/only144p.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const ADMIN_TOKEN = "the-operator's-own"

const env = {
  ...only144p,
  ADMIN_TOKEN,
  TRANSCODING_ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION: "true",
  // Upkeep pings the runner, because a command has no connection to it.
  RUNNER_UPKEEP_INTERVAL: "1500 millis"
}

const aStream = Effect.acquireRelease(
  Effect.promise(() => startRtmpSource()),
  ({ stop }) => Effect.promise(stop)
)

/** The server with its own runner, and its commands. */
const aServer = Effect.gen(function* () {
  const [dataDir, port] = [join(yield* temporaryFolder, "data"), yield* freePort]
  const server = yield* ExampleServer.start({ dataDir, port, env })
  const run = (...words: ReadonlyArray<string>) => runCli({ ...env, DATA_DIR: dataDir, PORT: String(port) }, words)
  const json = (...words: ReadonlyArray<string>) =>
    Effect.map(run(...words, "--json"), ({ code, err, out }) => {
      deepStrictEqual([code, err], [0, ""])
      return JSON.parse(out)
    })
  return { server, run, json, client: api(server.url, ADMIN_TOKEN) }
})

const startsAndStops = Effect.gen(function* () {
  const stream = yield* aStream
  const { client, json, run, server } = yield* aServer
  const words = ["--title", "From the roof", "--replay", "--segment-duration", "1", "--external-id", "roof-1"]
  const file = join(yield* temporaryFolder, "stream")
  yield* Effect.promise(() => writeFile(file, `${stream.url}\n`))
  const { uuid } = yield* json("live", "start", "--url-file", file, ...words)
  deepStrictEqual(yield* json("live", "start", stream.url, "--external-id", "roof-1"), { uuid })
  const silent = yield* run("live", "start", `rtmp://127.0.0.1:${yield* freePort}/live/key`)
  deepStrictEqual([silent.code, silent.out], [1, ""])
  assert.match(silent.err, /^The live stream sent no data\. Start the stream first\. .*[^.]\.\n$/)
  const shown = json("video", "show", uuid)
  const onAir = yield* until("the live is on the air", shown, ({ live }) => live.state !== "waiting")
  deepStrictEqual([onAir.title, onAir.live], ["From the roof", { state: "running", error: null, replay: true }])
  const [row] = yield* json("live", "list", "--search", "roof")
  deepStrictEqual([row.uuid, row.state, row.name], [uuid, "running", "From the roof"])
  const live = yield* client.video(uuid)
  deepStrictEqual(tracksOf(yield* probeUrl(String(live.playlistUrl), "-live_start_index", "0")), [
    "audio",
    "video 160x90"
  ])
  assert.match((yield* run("why", uuid)).out, /^live-rtmp-hls-transcoding \S+: Processing/m)

  deepStrictEqual(yield* json("live", "stop", uuid), { uuid })
  const replay = yield* until(
    "the replay is a video",
    client.video(uuid),
    ({ files, jobs }) => files.length > 0 && jobs.every(({ state }) => state.label === "Completed")
  )
  deepStrictEqual(replay.live, { state: "ended", error: null, replay: true })
  yield* playUrl(String(replay.playlistUrl))
  yield* until("the stream has no players", Effect.sync(stream.players), (players) => players === 0)
  const again = yield* run("live", "stop", uuid)
  deepStrictEqual([again.code, again.err], [0, ""])
  assert.notInclude(yield* server.log, "test-stream-key")
})

const refusals = Effect.gen(function* () {
  const { run } = yield* aServer
  const silent = yield* run("live", "start", "rtmp://127.0.0.1:1/live/test-stream-key")
  deepStrictEqual([silent.code, silent.out], [1, ""])
  assert.match(silent.err, /^The live stream sent no data.*\n$/)
  const other = yield* run("live", "start", "http://127.0.0.1/live/test-stream-key")
  assert.include(other.err, "rtmpUrl: expected a URL that begins with rtmp:// or rtmps://")
  const unknown = yield* run("live", "stop", crypto.randomUUID())
  assert.match(unknown.err, /^There is no video /)
  assert.notInclude(silent.err + other.err, "test-stream-key")
})

if (hasNative) {
  it.scopedLive(
    "commands start a live from a stream that runs, stop it, and show its replay",
    () => startsAndStops,
    180_000
  )
  it.scopedLive("commands refuse a live without a stream, in a sentence without the key", () => refusals, 120_000)
} else leftOut("lives by the command line, because WebAssembly has no sockets")
