import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Ffmpeg, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import {
  engines,
  instantFfmpeg,
  jobFolders,
  startRunner,
  temporaryFolder,
  testServer,
  until
} from "./support/harness.ts"
import { addLive, ended, liveUpdates, onAir, replay, rtmpSource } from "./support/lives.ts"

const picture = { resolution: 72, fps: 25 }
const small = { resolution: 36, fps: 25 }
const sound = { resolution: 0, fps: 0 }
const notProcessing = { status: 400, body: { code: "runner_job_not_in_processing_state" } }

const native = engines.find(([name]) => name === "native")?.[1]

const streamsOf = (bytes: Buffer | undefined) =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, "chunk.ts")
    yield* Effect.promise(() => writeFile(path, bytes ?? ""))
    const { ffprobe } = yield* Ffmpeg
    const report = (yield* ffprobe({ input: { path }, arguments: ["-show_streams"] })) as {
      readonly streams: ReadonlyArray<{ readonly codec_name: string; readonly height?: number }>
    }
    return report.streams.map(({ codec_name, height }) => [codec_name, height])
  })

if (native === undefined) {
  console.warn("LEFT OUT: live streams. They need the programs ffmpeg and ffprobe.")
} else {
  describe.concurrent("live streams", { timeout: 300_000 }, () => {
    it.scopedLive("sends a live stream while it runs, then an empty result", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const source = yield* rtmpSource({ seconds: 7 })
        const job = addLive(server, source.url, [picture, sound, small], 2)
        const { logs, workDirectory } = yield* startRunner(server, native)
        yield* ended(job)
        expect([job.messages, job.result.map(({ name }) => name)]).toEqual([[], ["jobToken", "runnerToken"]])

        const updates = liveUpdates(server)
        expect(new Set(updates.map(({ type }) => type))).toEqual(new Set(["add-chunk", "remove-chunk"]))
        expect(updates.some(({ chunk, type }) => type === "remove-chunk" && chunk === "1-000000.ts")).toBe(true)
        const { chunks, playlists } = replay(updates)
        expect([...playlists.keys()].sort()).toEqual(["0.m3u8", "1.m3u8", "2.m3u8"])
        for (const playlist of playlists.values()) expect(playlist.endsWith("#EXT-X-ENDLIST\n")).toBe(true)
        const masters = new Set(updates.flatMap(({ master }) => master ?? []))
        expect(masters.size).toBe(1)
        expect([...masters][0]).toMatch(/URI="0.m3u8"[\s\S]*\n1.m3u8\n[\s\S]*\n2.m3u8\n/)
        for (const [prefix, streams] of [
          ["0-", [["aac", undefined]]],
          ["1-", [["h264", 72]]],
          ["2-", [["h264", 36]]]
        ] as const) {
          const [, bytes] = [...chunks].find(([name]) => name.startsWith(prefix)) ?? []
          expect(yield* Effect.provide(streamsOf(bytes), native)).toEqual(streams)
        }
        expect(source.connections()).toBe(2)
        expect(logs.join()).not.toContain("test-stream-key")
        yield* until("the folder is removed", async () => (await jobFolders(workDirectory)).length === 0)
      })
    )

    it.scopedLive("makes one variant of an audio-only stream for any request", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const source = yield* rtmpSource({ seconds: 3, hasPicture: false })
        const job = addLive(server, source.url, [picture])
        yield* startRunner(server, native)
        yield* ended(job)
        expect([job.state, job.messages]).toEqual(["Completed", []])
        const { chunks, playlists } = replay(liveUpdates(server))
        expect([...playlists.keys()]).toEqual(["0.m3u8"])
        expect(yield* Effect.provide(streamsOf([...chunks.values()][0]), native)).toEqual([["aac", undefined]])
      })
    )

    it.scopedLive("makes no audio variant without audio and continues until the publisher disconnects", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const source = yield* rtmpSource({ hasSound: false })
        const job = addLive(server, source.url, [picture])
        yield* startRunner(server, native)
        yield* onAir(server)
        expect(job.state).toBe("Processing")
        source.end()
        yield* ended(job)
        expect([job.state, job.messages]).toEqual(["Completed", []])
        const { chunks, playlists } = replay(liveUpdates(server))
        expect(playlists.get("0.m3u8")).toMatch(/#EXT-X-ENDLIST\n$/)
        expect(yield* Effect.provide(streamsOf([...chunks.values()][0]), native)).toEqual([["h264", 72]])
      })
    )

    it.scopedLive("stops immediately and succeeds when the server has ended the live stream", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const source = yield* rtmpSource({})
        server.allowsBreaks = true
        const job = addLive(server, source.url, [picture, sound])
        let refused = 0
        server.answer = (name) => {
          if (name !== "update" || liveUpdates(server).length < 2) return undefined
          refused++
          return notProcessing
        }
        yield* startRunner(server, native)
        yield* ended(job)
        expect([job.state, job.messages]).toEqual(["Completed", []])
        expect(refused).toBeLessThanOrEqual(2)
        yield* until("no client plays the live stream", () => source.players() === 0)
      })
    )

    it.scopedLive("sends a segment three times before it fails the job", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const source = yield* rtmpSource({ hasSound: false })
        const job = addLive(server, source.url, [picture])
        const answers = ["break", { status: 500 }, undefined] as const
        let attempts = 0
        server.answer = (name, _, headers) => {
          // A report of progress, which a slow machine may need, is JSON and no segment.
          if (name !== "update" || !headers["content-type"]?.startsWith("multipart/")) return undefined
          return attempts < answers.length ? answers[attempts++] : { status: 400, body: { detail: "no, thanks" } }
        }
        yield* startRunner(server, native)
        yield* ended(job)
        expect(job.messages).toEqual(["update was refused (400): no, thanks"])
        const chunks = liveUpdates(server).flatMap(({ chunk, type }) => (type === undefined ? [] : [chunk]))
        expect(chunks).toEqual([...["0", "0"], ...["1", "1", "1"]].map((number) => `0-00000${number}.ts`))
        yield* until("no client plays the live stream", () => source.players() === 0)
      })
    )

    it.scopedLive("kills ffmpeg and gives the job back when the runner stops", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const source = yield* rtmpSource({})
        server.allowsBreaks = true
        const job = addLive(server, source.url, [picture, sound])
        const { stop } = yield* startRunner(server, native)
        yield* onAir(server)
        yield* stop
        expect([job.state, job.reasons]).toEqual(["Pending", ["Runner stopped"]])
        yield* until("no client plays the live stream", () => source.players() === 0)
      })
    )

    it.scopedLive("reports why a live stream cannot be played, without its key", () =>
      Effect.gen(function* () {
        const server = yield* testServer
        const job = addLive(server, "rtmp://127.0.0.1:1/live/test-stream-key", [picture])
        const foreign = addLive(server, "http://127.0.0.1:1/live/test-stream-key", [picture])
        const { logs } = yield* startRunner(server, native)
        yield* Effect.all([ended(job), ended(foreign)])
        expect(job.messages[0]).toMatch(/Connection refused/)
        expect(foreign.messages[0]).toMatch(/does not use RTMP/)
        expect([...job.messages, ...foreign.messages, ...logs].join()).not.toContain("test-stream-key")
      })
    )
  })
}

it.scopedLive("does not request live jobs with ffmpeg.wasm", () =>
  Effect.gen(function* () {
    const [slow, quick] = [yield* testServer, yield* testServer]
    yield* startRunner(slow, WasmFfmpeg.layer)
    yield* startRunner(quick, instantFfmpeg)
    const typesOf = (server: typeof slow) => server.callsOf("request")[0]?.fields.jobTypes
    yield* until("both runners have requested jobs", () => typesOf(slow) !== undefined && typesOf(quick) !== undefined)
    expect(typesOf(slow)).not.toContain("live-rtmp-hls-transcoding")
    expect(typesOf(quick)).toContain("live-rtmp-hls-transcoding")
  })
)
