import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Option } from "effect"
import { Language } from "../../../src/domain/captions/Languages.ts"
import { subjectOf } from "../../../src/domain/event/Event.ts"
import { createdVideoEvents, removedVideoEvents, videoEvents } from "../../../src/domain/event/videoEvents.ts"
import type { JobState, RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import type { LiveSession } from "../../../src/domain/live/LiveSession.ts"
import type { Video } from "../../../src/domain/video/Video.ts"
import { aFile, aJobIn, aVideo, aWebVideo, jobId, key, now, runnerId, uuid } from "../fixtures.ts"

interface Job {
  readonly type: string
  readonly before?: JobState
  readonly after: JobState
  readonly error?: string
}

const jobsOf = (jobs: ReadonlyArray<Job>) =>
  jobs.map(({ after, before = "Processing", error, type }) => ({
    before,
    after: aJobIn(after, { type, error: Option.fromNullable(error) } as Partial<RunnerJob>)
  }))

const eventsOf = (before: Partial<Video>, after: Partial<Video>, ...jobs: ReadonlyArray<Job>) =>
  videoEvents({
    before: aVideo(before),
    after: aVideo({ ...before, ...after, updatedAt: now }),
    jobs: jobsOf(jobs)
  }).map(({ data, type }): unknown => (Object.keys(data).length === 0 ? type : [type, data]))

const live = (state: LiveSession["state"], error: Option.Option<string> = Option.none()) =>
  Option.some({ id: uuid(5), asked: [], replay: false, recorded: false, state, error })

const caption = (n: number) => ({
  language: Language.make("en"),
  label: "English",
  automatic: true,
  key: key(`videos/cat/${n}.vtt`),
  playlistKey: key(`videos/cat/${n}.m3u8`)
})

const storyboard = (n: number) =>
  Option.some({ key: key(`videos/cat/${n}.jpg`), trackKey: key(`videos/cat/${n}.vtt`), storyboard: {} } as never)

describe("the events of a written video", () => {
  it("are none when nothing of it is new", () => {
    const files = [aFile(1)]
    deepStrictEqual(eventsOf({ files, captions: [caption(1)], storyboard: storyboard(1) }, {}), [])
  })

  it("name each new file", () => {
    const [low, high] = [aFile(1, { resolution: 360 }), aFile(2)]
    deepStrictEqual(eventsOf({ files: [low] }, { files: [low, high] }), [["video.rendition.ready", { file: high }]])
    deepStrictEqual(eventsOf({ files: [low, high] }, { files: [high] }), [])
    const [one, two] = [aWebVideo(1, { resolution: 360 }), aWebVideo(2)]
    deepStrictEqual(eventsOf({ webVideos: [one] }, { webVideos: [two, one] }), [["video.file.ready", { file: two }]])
  })

  it("name new captions and a new storyboard", () => {
    const captions = [caption(1), caption(2)]
    deepStrictEqual(eventsOf({ captions: [caption(1)] }, { captions }), [["captions.ready", { caption: caption(2) }]])
    const ready = ["storyboard.ready", { key: key("videos/cat/2.jpg"), trackKey: key("videos/cat/2.vtt") }]
    deepStrictEqual(eventsOf({}, { storyboard: storyboard(2) }), [ready])
    deepStrictEqual(eventsOf({ storyboard: storyboard(1) }, { storyboard: storyboard(2) }), [ready])
    deepStrictEqual(eventsOf({ storyboard: storyboard(1) }, { storyboard: Option.none() }), [])
  })

  it("say that a video became playable, which an edit and a live do not", () => {
    deepStrictEqual(eventsOf({ state: "ToTranscode" }, { state: "Published" }), ["video.playable"])
    deepStrictEqual(eventsOf({ state: "Published" }, { state: "Published" }), [])
    deepStrictEqual(eventsOf({ state: "ToEdit" }, { state: "Published" }), [])
    const started = eventsOf(
      { state: "WaitingForLive", live: live("waiting") },
      { state: "Published", live: live("running") }
    )
    deepStrictEqual(started, ["live.started"])
    deepStrictEqual(eventsOf({ live: live("running") }, { live: live("running") }), [])
    deepStrictEqual(eventsOf({ live: live("waiting") }, { live: live("stopping") }), [])
    deepStrictEqual(eventsOf({ live: live("stopping") }, { live: live("running") }), [])
  })

  it("say why a live ended", () => {
    deepStrictEqual(eventsOf({ live: live("running") }, { live: live("ended", Option.some("no input")) }), [
      ["live.ended", { message: "no input" }]
    ])
    deepStrictEqual(eventsOf({ live: live("stopping") }, { live: live("ended") }), [["live.ended", { message: null }]])
    deepStrictEqual(eventsOf({ live: live("ended") }, { live: live("ended") }), [])
  })

  it("say that an edit ended", () => {
    deepStrictEqual(eventsOf({ state: "ToEdit" }, { state: "ToTranscode" }), ["editing.completed"])
    deepStrictEqual(eventsOf({ state: "WaitingForLive" }, { state: "ToTranscode" }), [])
    deepStrictEqual(eventsOf({ state: "Published" }, { state: "ToEdit" }), [])
  })
})

describe("the end of a video", () => {
  const endedAt = Option.some(now)
  it("is an event once, and tells whether there is something to play", () => {
    deepStrictEqual(eventsOf({ state: "Published" }, { endedAt }), [["video.completed", { state: "Published" }]])
    deepStrictEqual(eventsOf({ state: "LiveEnded" }, { endedAt }), [["video.completed", { state: "LiveEnded" }]])
    deepStrictEqual(eventsOf({}, { state: "TranscodingFailed", endedAt }), [
      ["video.failed", { state: "TranscodingFailed" }]
    ])
    deepStrictEqual(eventsOf({ endedAt }, { endedAt }), [])
    deepStrictEqual(eventsOf({ endedAt }, { endedAt: Option.none() }), [])
  })

  it("is none of an edit that failed", () => {
    deepStrictEqual(eventsOf({ state: "ToEdit" }, { state: "Published", endedAt }), [])
  })
})

describe("jobs that end in the write of their video", () => {
  it("fail their captions or their edit, once for each job", () => {
    for (const after of ["Errored", "ParentErrored", "Cancelled", "ParentCancelled"] as const) {
      const failed = { type: "video-transcription", after, error: "no sound" }
      deepStrictEqual(eventsOf({}, {}, failed), [["captions.failed", { message: "no sound" }]])
      deepStrictEqual(eventsOf({}, {}, { ...failed, before: after }), [])
      const edit = { type: "video-studio-transcoding", after }
      deepStrictEqual(eventsOf({}, {}, edit, edit), [
        ["editing.failed", { message: "It was cancelled" }],
        ["editing.failed", { message: "It was cancelled" }]
      ])
    }
    for (const after of ["Pending", "Completing"] as const) {
      deepStrictEqual(eventsOf({}, {}, { type: "video-transcription", after }), [])
    }
    deepStrictEqual(eventsOf({}, {}, { type: "vod-hls-transcoding", after: "Errored" }), [])
  })

  it("fail captions for which there is no use", () => {
    const completed = { type: "video-transcription", after: "Completed" } as const
    const message = "A person has written captions in this language"
    deepStrictEqual(eventsOf({}, {}, completed), [["captions.failed", { message }]])
    deepStrictEqual(eventsOf({}, {}, { ...completed, type: "vod-hls-transcoding" }), [])
    deepStrictEqual(eventsOf({}, { captions: [caption(1)] }, completed), [["captions.ready", { caption: caption(1) }]])
  })
})

describe("an event of a video", () => {
  it("carries its id and the moment of the write", () => {
    const { createdAt, destination, id, state } = aVideo()
    const base = { videoId: Option.some(id), jobId: Option.none(), runnerId: Option.none() }
    deepStrictEqual(createdVideoEvents(aVideo()), [
      { ...base, occurredAt: createdAt, type: "video.created", data: { destination, state } }
    ])
    deepStrictEqual(removedVideoEvents(aVideo(), now), [{ ...base, occurredAt: now, type: "video.deleted", data: {} }])
    const [event] = videoEvents({ before: aVideo(), after: aVideo({ state: "Published", updatedAt: now }), jobs: [] })
    deepStrictEqual(event, { ...base, occurredAt: now, type: "video.playable", data: {} })
  })

  it("carry the host's id, and the first one its facts", () => {
    const externalId = "order-7"
    const [before, metadata] = [aVideo({ externalId: Option.some(externalId) }), { owner: { id: 7 } }]
    const created = createdVideoEvents({ ...before, metadata })
    const playable = videoEvents({ before, after: { ...before, state: "Published" }, jobs: [] })
    deepStrictEqual(
      [...created, ...playable, ...removedVideoEvents(before, now)].map(({ data, type }): unknown => [type, data]),
      [
        ["video.created", { destination: before.destination, state: before.state, externalId, metadata }],
        ["video.playable", { externalId }],
        ["video.deleted", { externalId }]
      ]
    )
  })

  it("is delivered in order with the others of its video, or else of its job or its runner", () => {
    const [videoId, id, runner] = [Option.some(aVideo().id), Option.some(jobId(1)), Option.some(runnerId)]
    const none = Option.none()
    deepStrictEqual(subjectOf({ videoId, jobId: id, runnerId: runner }), aVideo().id)
    deepStrictEqual(subjectOf({ videoId: none, jobId: id, runnerId: runner }), String(jobId(1)))
    deepStrictEqual(subjectOf({ videoId: none, jobId: none, runnerId: runner }), "runner 7")
    deepStrictEqual(subjectOf({ videoId: none, jobId: none, runnerId: none }), "")
  })
})
