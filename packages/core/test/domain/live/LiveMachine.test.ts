import { Option } from "effect"
import { describe, expect, it } from "vitest"
import {
  abandoned,
  isFolderKept,
  isOnAir,
  isReplayDue,
  over,
  recorded,
  recordingsOf,
  started,
  stopping,
  unrecordable
} from "../../../src/domain/live/LiveMachine.ts"
import type { LiveSession } from "../../../src/domain/live/LiveSession.ts"
import type { Video } from "../../../src/domain/video/Video.ts"
import { aSummary, aVideo, key, now, uuid } from "../fixtures.ts"

const states = ["waiting", "running", "stopping", "ended"] as const

const aLive = (over: Partial<LiveSession> = {}, more: Partial<Video> = {}): Video =>
  aVideo({
    state: "WaitingForLive",
    live: Option.some({
      id: uuid(1),
      asked: [
        { resolution: 0, fps: 0 },
        { resolution: 480, fps: 30 }
      ],
      replay: true,
      recorded: false,
      state: "waiting",
      error: Option.none(),
      ...over
    }),
    ...more
  })

const sessionOf = (video: Video): LiveSession => Option.getOrThrow(video.live)
const folder = key(`videos/cat/live-${uuid(1)}`)
const noted = { key: folder, folder: true, at: now }

describe("a live", () => {
  it("takes reports while it waits or runs", () => {
    expect(states.map((state) => isOnAir(aLive({ state })))).toEqual([true, true, false, false])
    expect(isOnAir(aVideo())).toBe(false)
  })

  it("can be watched from its first start on", () => {
    const video = started(aLive(), now)
    expect(video).toMatchObject({ state: "Published", playlistKey: Option.some(`${folder}/master.m3u8`) })
    expect(sessionOf(video).state).toBe("running")
    for (const state of ["running", "stopping", "ended"] as const) {
      const unchanged = aLive({ state })
      expect(started(unchanged, now)).toBe(unchanged)
    }
  })

  it("stops unless it has ended", () => {
    expect(states.map((state) => sessionOf(stopping(aLive({ state }), now)).state)).toEqual([
      "stopping",
      "stopping",
      "stopping",
      "ended"
    ])
    expect(stopping(aVideo(), now)).toEqual(aVideo())
  })

  it("is not recorded any more when it is removed", () => {
    expect(states.map((state) => sessionOf(abandoned(aLive({ state }), now)).recorded)).toEqual(Array(4).fill(true))
    expect(sessionOf(abandoned(aLive({ state: "running" }), now)).state).toBe("stopping")
    expect(abandoned(aVideo(), now)).toEqual(aVideo())
  })
})

describe("the end of a live", () => {
  const error = Option.some("no input")

  it("keeps the segments for the replay, and says why", () => {
    const video = over(aLive({ state: "running" }), error, now)
    expect(video).toMatchObject({ state: "LiveEnded", playlistKey: Option.none(), pendingDeletion: [] })
    expect(sessionOf(video)).toMatchObject({ state: "ended", error })
    expect([isReplayDue(video), isFolderKept(video)]).toEqual([true, true])
  })

  it("without a replay gives the segments up", () => {
    const video = over(aLive({ state: "running", replay: false }), error, now)
    expect(video.pendingDeletion).toEqual([noted])
    expect([isReplayDue(video), isFolderKept(video)]).toEqual([false, true])
    expect(isFolderKept({ ...video, pendingDeletion: [] })).toBe(false)
  })

  it("has no reason when it was requested", () => {
    expect(sessionOf(over(aLive({ state: "stopping" }), error, now)).error).toEqual(Option.none())
  })

  it("happens once", () => {
    const ended = aLive({ state: "ended" })
    expect(over(ended, error, now)).toBe(ended)
    expect(over(aVideo(), error, now)).toEqual(aVideo())
  })
})

describe("the replay of a live", () => {
  const ended = aLive({ state: "ended" })
  const thumbnail = key(`videos/cat/${uuid(1)}.jpg`)

  it("is due once, after the end, and only when it was requested", () => {
    expect(states.map((state) => isReplayDue(aLive({ state })))).toEqual([false, false, false, true])
    expect(isReplayDue(aLive({ state: "ended", replay: false }))).toBe(false)
    expect(isReplayDue(aLive({ state: "ended", recorded: true }))).toBe(false)
    expect(isFolderKept(aLive({ state: "stopping" }))).toBe(true)
    expect(isFolderKept(aLive({ state: "ended", recorded: true }))).toBe(false)
  })

  it("is a video of its recordings, and the segments go", () => {
    const source = aSummary({ width: 854, height: 480 })
    const parts = { media: key("m"), sound: Option.some(key("s")), thumbnail: Option.some(thumbnail), source }
    const video = recorded(ended, parts, now)
    expect(video).toMatchObject({
      state: "ToTranscode",
      sourceKey: Option.some("m"),
      soundKey: Option.some("s"),
      source
    })
    expect(video.thumbnailKey).toEqual(Option.some(thumbnail))
    expect([sessionOf(video).recorded, video.pendingDeletion]).toEqual([true, [noted]])
  })

  it("that cannot be made leaves nothing, and keeps the first reason", () => {
    const keys = recordingsOf(ended)
    expect(keys).toHaveLength(4)
    const video = unrecordable(ended, "no disk", now)
    expect(sessionOf(video)).toMatchObject({ recorded: true, error: Option.some("no disk") })
    expect(video.pendingDeletion).toEqual([...keys.map((file) => ({ key: file, at: now })), noted])
    const failed = aLive({ state: "ended", error: Option.some("no input") })
    expect(sessionOf(unrecordable(failed, "no disk", now)).error).toEqual(Option.some("no input"))
  })

  it("has no recordings when none is made", () => {
    expect(recordingsOf(aLive({ replay: false }))).toEqual([])
    expect(recordingsOf(aVideo())).toEqual([])
  })
})
