import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { inputsOf } from "../../src/domain/video/VideoInputs.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { accept, jobOf, jobsOf, register, request, resolutionOf, succeed, takeIn, videoOf } from "../support/actions.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const kinds: Readonly<Record<string, string>> = {
  "vod-web-video-transcoding": "web",
  "vod-hls-transcoding": "hls",
  "vod-audio-merge-transcoding": "merge"
}

const nameOf = (job: RunnerJob): string => `${kinds[job.type]}-${resolutionOf(job)}`

/** A video with PeerTube's graph of jobs, and a runner that accepts the given job. */
const aGraph = (over: Partial<TranscodeVideo> & { readonly source?: Uint8Array }) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const video = yield* takeIn(server, { ...over, plan: { graph: "peertube", keepSource: false, ...over.plan } })
    const offered = Effect.map(request(server, runner), (jobs) => jobs.map(nameOf))
    const complete = (name: string) =>
      Effect.gen(function* () {
        const job = (yield* request(server, runner)).find((one) => nameOf(one) === name)
        if (job === undefined) return yield* Effect.dieMessage(`${name} is not offered`)
        yield* asTimeGoesBy(succeed(server, yield* accept(server, runner, job.id)))
        yield* assertConsistent(server.world)
        return jobOf(server.world, job.id).state
      }).pipe(Effect.orDie)
    return { server, runner, offered, complete, now: () => videoOf(server.world, video) }
  })

/** All that is left is done in the order in which it is offered; nothing stays that is not wanted. */
const finish = (graph: Effect.Effect.Success<ReturnType<typeof aGraph>>) =>
  Effect.gen(function* () {
    for (let [next] = yield* graph.offered; next !== undefined; [next] = yield* graph.offered) {
      assert.strictEqual(yield* graph.complete(next), "Completed")
    }
    yield* goOn(graph.server, graph.runner)
    deepStrictEqual(graph.now().sourceKey, Option.none())
  })

const named = ({ world }: Process) => jobsOf(world).map((job) => `${nameOf(job)} ${job.priority} ${job.state}`)

const showing = (video: Video) => [
  ...video.files.map(({ resolution }) => `hls-${resolution}`),
  ...video.webVideos.map(({ resolution }) => `web-${resolution}`)
]

const source = (video: Video): string =>
  Option.match(inputsOf(video), { onNone: () => "nothing", onSome: ({ media: key }) => key })

describe("as PeerTube does it", () => {
  it.effect("A: HLS and progressive files", () =>
    Effect.gen(function* () {
      const graph = yield* aGraph({
        settings: { resolutions: [240, 360, 480, 720] },
        plan: { webVideos: true },
        userJobs: 3
      })
      deepStrictEqual(named(graph.server), [
        "web-720 103 Pending",
        "hls-720 103 WaitingForParent",
        ...[480, 360, 240].flatMap((resolution) => [
          `web-${resolution} 10003 WaitingForParent`,
          `hls-${resolution} 10003 WaitingForParent`
        ])
      ])
      deepStrictEqual(yield* graph.offered, ["web-720"])
      yield* graph.complete("web-720")
      assert.strictEqual(graph.now().state, "ToTranscode")
      deepStrictEqual(graph.now().sourceKey, Option.none(), "the source is dropped at once")
      deepStrictEqual(yield* graph.offered, ["hls-720", "web-480", "web-360", "web-240"])
      yield* graph.complete("hls-720")
      assert.strictEqual(graph.now().state, "Published")
      yield* graph.complete("web-360")
      deepStrictEqual(yield* graph.offered, ["web-480", "hls-360", "web-240"])
      assert.match(source(graph.now()), /-720\.mp4$/)
      yield* finish(graph)
      deepStrictEqual(showing(graph.now()), [
        ...["hls-240", "hls-360", "hls-480", "hls-720"],
        ...["web-240", "web-360", "web-480", "web-720"]
      ])
    })
  )

  const graphB = () =>
    aGraph({
      source: Media.aVideo({ width: 1920, height: 1080 }),
      settings: { resolutions: [480, 1080] },
      plan: { splitAudio: true }
    })

  it.effect("B: split HLS alone, published with picture and sound; the progressive file goes with the later one", () =>
    Effect.gen(function* () {
      const graph = yield* graphB()
      deepStrictEqual(yield* graph.offered, ["web-1080"])
      yield* graph.complete("web-1080")
      deepStrictEqual(yield* graph.offered, ["hls-1080", "hls-0", "hls-480"])
      assert.strictEqual(graph.now().state, "ToTranscode", "an intermediate file is not shown")
      yield* graph.complete("hls-1080")
      assert.strictEqual(graph.now().state, "ToTranscode")
      deepStrictEqual(graph.now().playlistKey, Option.none())
      yield* graph.complete("hls-0")
      assert.strictEqual(graph.now().state, "Published")
      deepStrictEqual(showing(graph.now()), ["hls-0", "hls-1080"])
      yield* finish(graph)
      deepStrictEqual(showing(graph.now()), ["hls-0", "hls-480", "hls-1080"])
    })
  )

  it.effect("B in another order: what the largest is made from stays until it is made", () =>
    Effect.gen(function* () {
      const graph = yield* graphB()
      yield* graph.complete("web-1080")
      yield* graph.complete("hls-480")
      yield* graph.complete("hls-0")
      assert.strictEqual(graph.now().state, "Published")
      deepStrictEqual(showing(graph.now()), ["hls-0", "hls-480", "web-1080"])
      assert.match(source(graph.now()), /-1080\.mp4$/)
      yield* graph.complete("hls-1080")
      deepStrictEqual(showing(graph.now()), ["hls-0", "hls-480", "hls-1080"])
      yield* finish(graph)
    })
  )

  it.effect("C: audio and a picture, with an additional audio rendition", () =>
    Effect.gen(function* () {
      const graph = yield* aGraph({
        source: Media.anAudioFile(),
        settings: { resolutions: [144, 240, 360, 480] },
        plan: { webVideos: true, audioMerge: true }
      })
      deepStrictEqual(yield* graph.offered, ["merge-480"])
      yield* graph.complete("merge-480")
      deepStrictEqual(yield* graph.offered, ["hls-480", "hls-0", "web-360", "web-240", "web-144"])
      assert.match(source(graph.now()), /-480\.mp4$/)
      yield* graph.complete("web-360")
      assert.strictEqual(graph.now().state, "Published")
      yield* finish(graph)
    })
  )

  it.effect("D: HLS alone, made of the progressive file, then of the largest", () =>
    Effect.gen(function* () {
      const graph = yield* aGraph({ settings: { resolutions: [144, 240, 360, 480, 720] } })
      yield* graph.complete("web-720")
      deepStrictEqual(yield* graph.offered, ["hls-720", "hls-480", "hls-360", "hls-240", "hls-144"])
      assert.match(source(graph.now()), /-720\.mp4$/)
      yield* graph.complete("hls-720")
      deepStrictEqual(showing(graph.now()), ["hls-720"])
      assert.match(source(graph.now()), /-720-fragmented\.mp4$/)
      yield* finish(graph)
    })
  )

  it.effect("a source that is kept stays what everything is made from", () =>
    Effect.gen(function* () {
      const graph = yield* aGraph({ settings: { resolutions: [360, 720] }, plan: { keepSource: true } })
      yield* graph.complete("web-720")
      yield* graph.complete("hls-720")
      deepStrictEqual(source(graph.now()), "uploads/cat.mov")
      yield* graph.complete("hls-360")
      deepStrictEqual(graph.now().sourceKey, Option.some("uploads/cat.mov"))
      deepStrictEqual(showing(graph.now()), ["hls-360", "hls-720"])
    })
  )
})
