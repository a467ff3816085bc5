import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { hlsReplacesWebVideos, withoutUnwanted } from "../../../src/domain/video/PendingDeletion.ts"
import type { Video } from "../../../src/domain/video/Video.ts"
import { inputsOf } from "../../../src/domain/video/VideoInputs.ts"
import { addWebVideo, ended, withPicture } from "../../../src/domain/video/VideoMachine.ts"
import { aFile, aJobIn, aSummary, aVideo, aWebVideo, key, now } from "../fixtures.ts"

const source = key("uploads/cat.mov")
const { plan } = aVideo()
const picture = aFile(1, { hasAudio: false })
const sound = aFile(2, { resolution: 0, hasVideo: false })
const web = aWebVideo(3)

const pendingKeys = (video: Video) => video.pendingDeletion.map((file) => file.key)

describe("addWebVideo", () => {
  it("keeps the files lowest first", () => {
    const files = [aWebVideo(1, { resolution: 720 }), aWebVideo(2, { resolution: 0 }), aWebVideo(3)]
    const video = files.reduce((made, file) => addWebVideo(made, file, now), aVideo())
    expect(video.webVideos.map(({ resolution }) => resolution)).toEqual([0, 480, 720])
    expect(video.pendingDeletion).toEqual([])
  })

  it("marks only the file of the same resolution and frame rate, with any tracks", () => {
    const others = [aWebVideo(4, { fps: 60 }), aWebVideo(5, { resolution: 482 })]
    const silent = aWebVideo(6, { hasAudio: false })
    const video = addWebVideo(aVideo({ webVideos: [silent, ...others] }), web, now)
    expect(video.webVideos).toEqual([web, ...others])
    expect(video.pendingDeletion).toEqual([{ key: silent.key, at: now }])
  })

  it("the same result twice retires nothing", () => {
    const once = addWebVideo(aVideo(), web, now)
    expect(addWebVideo(once, web, now)).toEqual(once)
  })
})

describe("withPicture", () => {
  const before = aVideo({ source: aSummary({ hasVideo: false, width: 0, height: 0, fps: 0 }) })

  it("makes the merged file what runners work from, and what the video is", () => {
    const video = withPicture(before, web, now)
    expect(video.source).toEqual(
      aSummary({ duration: Option.some(5), size: web.size, width: 854, height: 480, fps: 30 })
    )
    expect(Option.map(inputsOf(video), ({ media }) => media)).toEqual(Option.some(web.key))
  })

  it("keeps the source as the sound of the video", () => {
    const video = withPicture(before, web, now)
    expect(video).toMatchObject({ sourceKey: Option.none(), soundKey: Option.some(source), pendingDeletion: [] })
  })
})

describe("hlsReplacesWebVideos", () => {
  const replaces = (over: Partial<Video>) => hlsReplacesWebVideos(aVideo({ webVideos: [web], ...over }))

  it("when it has every track of the source", () => {
    expect(replaces({ files: [picture] })).toBe(false)
    expect(replaces({ files: [sound] })).toBe(false)
    expect(replaces({ files: [sound, picture] })).toBe(true)
    expect(replaces({ files: [aFile(1)] })).toBe(true)
    expect(replaces({ files: [picture], source: aSummary({ hasAudio: false }) })).toBe(true)
    expect(replaces({ files: [sound], source: aSummary({ hasVideo: false }), webVideos: [] })).toBe(true)
  })

  it("when its picture is as large as theirs, but for what rounding does", () => {
    expect(replaces({ files: [aFile(1, { resolution: 360 })] })).toBe(false)
    expect(replaces({ files: [aFile(1, { resolution: 478 })] })).toBe(true)
  })
})

describe("unwanted files", () => {
  const goes = (over: Partial<Video>, not: Partial<Video["plan"]> = {}) =>
    pendingKeys(withoutUnwanted(aVideo({ ...over, plan: { ...plan, keepSource: false, ...not } }), now))

  it("the source goes when something else has all of its tracks", () => {
    expect(goes({ files: [aFile(1)] })).toEqual([source])
    expect(goes({ files: [sound, picture] })).toEqual([source])
    expect(goes({ files: [picture] })).toEqual([])
    expect(goes({ files: [aFile(1)] }, { keepSource: true })).toEqual([])
    expect(goes({ files: [aFile(1)], soundKey: Option.some(key("uploads/cat.m4a")) })).toHaveLength(2)
  })

  it("progressive files that are not wanted go, but for those that are all there is", () => {
    expect(goes({ webVideos: [web], files: [aFile(1)] })).toEqual([web.key, source])
    expect(goes({ webVideos: [web], files: [aFile(1)] }, { webVideos: true })).toEqual([source])
    expect(goes({ webVideos: [web] }, { hls: false })).toEqual([source])
  })

  it("goes with the end of the last job, when every job was completed", () => {
    const video = aVideo({ files: [aFile(1)], plan: { ...plan, keepSource: false } })
    const beside = aJobIn("Errored", { awaited: false })
    expect(ended(video, [aJobIn("Completed"), beside], now)).toMatchObject({
      sourceKey: Option.none(),
      pendingDeletion: [{ key: source, at: now }],
      endedAt: Option.some(now)
    })
    expect(ended(video, [aJobIn("Completed"), aJobIn("Errored")], now).sourceKey).toEqual(Option.some(source))
    expect(ended(video, [aJobIn("Completed"), aJobIn("Pending")], now)).toBe(video)
  })
})
