import { Effect, type Scope } from "effect"
import { type RtmpSource, type RtmpStream, startRtmpSource } from "../../../../test/fixtures/RtmpSource.ts"
import { until } from "./harness.ts"
import type { Call, Job, TestServer } from "./TestServer.ts"

/** A source that is stopped with the test. */
export const rtmpSource = (stream: RtmpStream): Effect.Effect<RtmpSource, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startRtmpSource(stream)),
    (source) => Effect.promise(source.stop)
  )

/** A live job with segments of a second. */
export const addLive = (
  server: TestServer,
  rtmpUrl: string,
  toTranscode: ReadonlyArray<{ readonly resolution: number; readonly fps: number }>,
  segmentListSize = 6
): Job =>
  server.addJob({
    type: "live-rtmp-hls-transcoding",
    payload: { input: { rtmpUrl }, output: { toTranscode, segmentDuration: 1, segmentListSize } }
  })

export const ended = (job: Job): Effect.Effect<void> =>
  until("the live has ended", () => job.state === "Completed" || job.state === "Errored", 60_000)

/** A segment has come together with its playlist, so that the live can be watched. */
export const onAir = (server: TestServer): Effect.Effect<void> =>
  until("it is on air", () => liveUpdates(server).some(({ playlist }) => playlist !== undefined), 60_000)

/** An update of a live, as the server has it. */
export interface LiveUpdate {
  readonly type: unknown
  readonly chunk: string
  readonly bytes: Buffer | undefined
  readonly playlist: { readonly name: string; readonly text: string } | undefined
  readonly master: string | undefined
}

const readUpdate = ({ fields, parts }: Call): LiveUpdate => {
  const file = (name: string) => parts.find((part) => part.name === `payload[${name}]`)
  const text = file("resolutionPlaylistFile")?.content.toString()
  return {
    type: fields["payload[type]"],
    chunk: String(fields["payload[videoChunkFilename]"]),
    bytes: file("videoChunkFile")?.content,
    playlist: text === undefined ? undefined : { name: String(fields["payload[resolutionPlaylistFilename]"]), text },
    master: file("masterPlaylistFile")?.content.toString()
  }
}

/** In the order in which they came. */
export const liveUpdates = (server: TestServer): ReadonlyArray<LiveUpdate> => server.callsOf("update").map(readUpdate)

/** The segments that a playlist names. */
export const chunksIn = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

/** What a server would have stored; throws when a playlist names a segment that is not there. */
export const replay = (updates: ReadonlyArray<LiveUpdate>) => {
  const chunks = new Map<string, Buffer>()
  const playlists = new Map<string, string>()
  for (const { bytes, chunk, playlist, type } of updates) {
    if (type === "remove-chunk") chunks.delete(chunk)
    else chunks.set(chunk, bytes ?? Buffer.alloc(0))
    if (playlist === undefined) continue
    const missing = chunksIn(playlist.text).filter((name) => !chunks.has(name))
    if (missing.length > 0) throw new Error(`${playlist.name} names ${missing.join()} when ${chunk} comes`)
    playlists.set(playlist.name, playlist.text)
  }
  return { chunks, playlists }
}
