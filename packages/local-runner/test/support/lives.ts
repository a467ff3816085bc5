import { Effect, type Scope } from "effect"
import { type RtmpSource, type RtmpStream, startRtmpSource } from "../../../../test/fixtures/RtmpSource.ts"
import { until } from "./harness.ts"
import type { Call, Job, TestServer } from "./TestServer.ts"

/** A source that stops with the test. */
export const rtmpSource = (stream: RtmpStream): Effect.Effect<RtmpSource, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startRtmpSource(stream)),
    (source) => Effect.promise(source.stop)
  )

/** A live job with segments of one second. */
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
  until("the live stream has ended", () => job.state === "Completed" || job.state === "Errored")

/** Waits for a segment with its playlist, after which players can watch the live stream. */
export const onAir = (server: TestServer): Effect.Effect<void> =>
  until("the first segment is available", () => liveUpdates(server).some(({ playlist }) => playlist !== undefined), {
    seconds: 60
  })

/** An update of a live job, as the server receives it. */
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

/** The updates in the order of their arrival. */
export const liveUpdates = (server: TestServer): ReadonlyArray<LiveUpdate> => server.callsOf("update").map(readUpdate)

/** The segments that a playlist lists. */
export const chunksIn = (playlist: string): ReadonlyArray<string> =>
  playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"))

/**
 * Replays the updates and returns the files that a server would store. Throws when a playlist lists a missing segment.
 */
export const replay = (updates: ReadonlyArray<LiveUpdate>) => {
  const chunks = new Map<string, Buffer>()
  const playlists = new Map<string, string>()
  for (const { bytes, chunk, playlist, type } of updates) {
    if (type === "remove-chunk") chunks.delete(chunk)
    else chunks.set(chunk, bytes ?? Buffer.alloc(0))
    if (playlist === undefined) continue
    const missing = chunksIn(playlist.text).filter((name) => !chunks.has(name))
    if (missing.length > 0) throw new Error(`${playlist.name} lists ${missing.join()} when ${chunk} arrives`)
    playlists.set(playlist.name, playlist.text)
  }
  return { chunks, playlists }
}
