import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option } from "effect"
import {
  addRendition,
  durationOf,
  ended,
  isPlayable,
  published,
  withPlaylist
} from "../../../src/domain/video/VideoMachine.ts"
import { aFile, aJobIn, aSummary, aVideo, aWebVideo, before, key, now } from "../fixtures.ts"

const low = aFile(1, { resolution: 240 })
const high = aFile(2, { resolution: 720 })

describe("addRendition", () => {
  it("keeps the files lowest first", () => {
    const video = [high, low, aFile(3)].reduce((made, file) => addRendition(made, file, now), aVideo())
    expect(video.files.map(({ resolution }) => resolution)).toEqual([240, 480, 720])
    expect(video.pendingDeletion).toEqual([])
    expect(video.updatedAt).toBe(now)
  })

  it("retires the files of the rendition that it replaces", () => {
    const video = addRendition(aVideo({ files: [low, high] }), aFile(4, { resolution: 240 }), now)
    expect(video.files.map(({ attemptId }) => attemptId)).toEqual([aFile(4).attemptId, high.attemptId])
    expect(video.pendingDeletion).toEqual([
      { key: low.key, at: now },
      { key: low.playlistKey, at: now }
    ])
  })

  it.each([
    ["frame rate", { fps: 60 }],
    ["resolution", { resolution: 242 }],
    ["tracks", { hasAudio: false }]
  ])("a different %s is a different rendition", (_, over) => {
    expect(addRendition(aVideo({ files: [low] }), { ...low, ...over }, now).files).toHaveLength(2)
  })

  it("the same result twice retires nothing", () => {
    const once = addRendition(aVideo(), low, now)
    expect(addRendition(once, low, now)).toEqual(once)
  })

  it("pending deletions are never in use, and no file is lost", () => {
    const file = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 240, 480), fc.constantFrom(25, 50))
      .map(([n, resolution, fps]) => aFile(n, { resolution, fps }))
    fc.assert(
      fc.property(fc.uniqueArray(file, { selector: (_) => _.attemptId }), (files) => {
        const video = files.reduce((made, added) => addRendition(made, added, now), aVideo())
        const used = video.files.flatMap((_) => [_.key, _.playlistKey])
        const pending = video.pendingDeletion.map((_) => _.key)
        expect(used.filter((_) => pending.includes(_))).toEqual([])
        expect(new Set([...used, ...pending]).size).toBe(files.length * 2)
      })
    )
  })
})

describe("withPlaylist", () => {
  const first = key("videos/cat/first-master.m3u8")
  const second = key("videos/cat/second-master.m3u8")

  it("publishes the video with its first playable rendition", () => {
    const video = published(withPlaylist(aVideo({ files: [low] }), first, now))
    expect(video).toMatchObject({
      state: "Published",
      playlistKey: Option.some(first),
      pendingDeletion: [],
      updatedAt: now
    })
  })

  it("retires the playlist that it replaces", () => {
    const video = withPlaylist(withPlaylist(aVideo({ files: [low] }), first, before), second, now)
    expect(video.playlistKey).toEqual(Option.some(second))
    expect(video.pendingDeletion).toEqual([{ key: first, at: now }])
  })

  it("publishes after a failure", () => {
    expect(published(aVideo({ files: [low], state: "TranscodingFailed" })).state).toBe("Published")
    expect(published(aVideo({ files: [low], state: "ToEdit" })).state).toBe("ToEdit")
  })

  it("is published by its first rendition with a picture, not by audio alone", () => {
    const picture = { ...high, hasAudio: false }
    const sound = aFile(5, { resolution: 0, hasVideo: false })
    const states = [[picture], [sound], [picture, sound]].map(
      (files) => published(withPlaylist(aVideo({ files }), first, now)).state
    )
    expect(states).toEqual(["Published", "ToTranscode", "Published"])
  })

  it("waits for the sound where that comes apart", () => {
    const picture = { ...high, hasAudio: false }
    const sound = aFile(5, { resolution: 0, hasVideo: false })
    const plan = { ...aVideo().plan, splitAudio: true }
    const states = [[picture], [sound], [picture, sound]].map((files) => published(aVideo({ files, plan })).state)
    expect(states).toEqual(["ToTranscode", "ToTranscode", "Published"])
    expect(published(aVideo({ files: [picture], plan, source: aSummary({ hasAudio: false }) })).state).toBe("Published")
  })

  it("asks only for what the source has", () => {
    const sound = aFile(5, { resolution: 0, hasVideo: false })
    const picture = { ...high, hasAudio: false }
    expect(isPlayable(aVideo({ files: [sound], source: aSummary({ hasVideo: false }) }))).toBe(true)
    expect(isPlayable(aVideo({ files: [picture], source: aSummary({ hasAudio: false }) }))).toBe(true)
    expect(isPlayable(aVideo({ source: aSummary({ hasVideo: false, hasAudio: false }) }))).toBe(false)
  })
})

describe("ended", () => {
  const done = [aJobIn("Completed"), aJobIn("Errored")]

  it("stays published although a job failed", () => {
    const video = ended(aVideo({ state: "Published", files: [low] }), done, now)
    expect(video).toMatchObject({ state: "Published", endedAt: Option.some(now), updatedAt: now })
  })

  it("has failed when nothing came of it", () => {
    expect(ended(aVideo(), done, now)).toMatchObject({ state: "TranscodingFailed", endedAt: Option.some(now) })
  })

  it("is published late by a progressive file that is wanted, though nothing else came of it", () => {
    const webVideos = [aWebVideo(1)]
    const wanted = { ...aVideo().plan, webVideos: true }
    expect(ended(aVideo({ webVideos, plan: wanted }), done, now).state).toBe("Published")
    expect(ended(aVideo({ webVideos }), done, now).state).toBe("TranscodingFailed")
  })

  it("does not wait for aside jobs", () => {
    const beside = aJobIn("Pending", { awaited: false })
    expect(ended(aVideo(), [...done, beside], now).endedAt).toEqual(Option.some(now))
  })

  it.each(["Pending", "Processing", "Completing", "WaitingForParent"] as const)("not while a job is %s", (state) => {
    const video = aVideo()
    expect(ended(video, [...done, aJobIn(state)], now)).toBe(video)
  })

  it("ends once", () => {
    const video = aVideo({ endedAt: Option.some(before) })
    expect(ended(video, done, now)).toBe(video)
  })
})

describe("durationOf", () => {
  const unknown = aSummary({ duration: Option.none() })

  it("is what the source says", () => {
    const source = aSummary({ duration: Option.some(12) })
    const video = aVideo({ source, files: [aFile(1, { duration: Option.some(13) })] })
    expect(durationOf(video)).toEqual(Option.some(12))
  })

  it("is what a rendition lasts when the source does not say", () => {
    const files = [aFile(1, { duration: Option.none() }), aFile(2, { duration: Option.some(13) })]
    expect(durationOf(aVideo({ source: unknown, files }))).toEqual(Option.some(13))
    expect(durationOf(aVideo({ source: unknown }))).toEqual(Option.none())
  })
})
