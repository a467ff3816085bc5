import { describe, expect, it } from "@effect/vitest"
import { Either, Option, Schema } from "effect"
import {
  chunkNames,
  chunkOf,
  isLivePlaylist,
  LiveChunkName,
  LivePlaylistName,
  liveFileKey,
  liveFolder,
  liveMasterKey,
  liveUpdate
} from "../../../src/domain/live/LiveFiles.ts"
import { key, uuid } from "../fixtures.ts"

describe("names of a runner", () => {
  it.each(["0-000001.ts", "1-000068.ts", "a-b.ts", "-.ts"])("%s is a segment", (name) => {
    expect(Schema.is(LiveChunkName)(name)).toBe(true)
  })

  it.each(["0-1.m3u8", "A.ts", ".ts", "a/b.ts", "../a.ts", "a.b.ts", "a.ts\n", "a_b.ts", `${"a".repeat(200)}.ts`])(
    "%j is no segment",
    (name) => {
      expect(Schema.is(LiveChunkName)(name)).toBe(false)
    }
  )

  it("playlists", () => {
    const names = ["0.m3u8", "master.m3u8", "0.m3u", "0.ts", "A.m3u8", "../0.m3u8"]
    expect(names.filter(Schema.is(LivePlaylistName))).toEqual(["0.m3u8", "master.m3u8"])
  })

  it("say where a segment belongs, or nothing", () => {
    expect(chunkOf("1-000068.ts")).toEqual(Option.some({ name: "1-000068.ts", variant: 1, number: 68 }))
    expect(chunkOf("0-1000000.ts")).toEqual(Option.some({ name: "0-1000000.ts", variant: 0, number: 1_000_000 }))
    expect(["a-1.ts", "1.ts", "1-a.ts", "1-1.m3u8", "x1-1.ts"].map(chunkOf)).toEqual(Array(5).fill(Option.none()))
  })
})

it("keys of a session lie in its own folder", () => {
  const place = key("videos/cat")
  const folder = `videos/cat/live-${uuid(1)}`
  expect(liveFolder(place, uuid(1))).toBe(folder)
  expect(liveFileKey(place, uuid(1), "0-000001.ts")).toBe(`${folder}/0-000001.ts`)
  expect(liveMasterKey(place, uuid(1))).toBe(`${folder}/master.m3u8`)
  const keys = [liveMasterKey(place, uuid(1)), liveFileKey(place, uuid(1), "0.m3u8")]
  expect([...keys, liveFileKey(place, uuid(1), "0-000001.ts"), "videos/cat/0.m3u8"].filter(isLivePlaylist)).toEqual(
    keys
  )
})

it("segments are called as ffmpeg calls them", () => {
  expect(chunkNames(1, 2)).toEqual(["1-000000.ts", "1-000001.ts", "1-000002.ts"])
  expect(chunkNames(0, 1_000_000).at(-1)).toBe("0-1000000.ts")
  expect(chunkNames(0, -1)).toEqual([])
})

describe("an update", () => {
  class AFile {
    readonly size = 1
  }
  const file = new AFile()
  const decode = Schema.decodeUnknownEither(liveUpdate(Schema.instanceOf(AFile)))
  const added = { type: "add-chunk", videoChunkFilename: "0-000001.ts", videoChunkFile: file }
  const removed = { type: "remove-chunk", videoChunkFilename: "0-000001.ts" }
  const playlist = { resolutionPlaylistFilename: "0.m3u8", resolutionPlaylistFile: file }

  it.each([
    ["a segment", added],
    ["a segment and its playlist", { ...added, ...playlist }],
    ["a segment and both playlists", { ...added, ...playlist, masterPlaylistFile: file }],
    ["a segment and the master playlist", { ...added, masterPlaylistFile: file }],
    ["a segment that goes", removed],
    ["a segment that goes, with its playlists", { ...removed, ...playlist, masterPlaylistFile: file }]
  ])("%s", (_, form) => {
    expect(Either.getOrThrow(decode(form))).toEqual(form)
  })

  it("the file of a segment that goes is not looked at", () => {
    expect(Either.getOrThrow(decode({ ...removed, videoChunkFile: "text" }))).toEqual(removed)
  })

  it.each([
    ["nothing", undefined],
    ["an empty form", {}],
    ["no type", { ...added, type: undefined }],
    ["another type", { ...added, type: "replace-chunk" }],
    ["a segment without its file", { ...added, videoChunkFile: undefined }],
    ["a text for a file", { ...added, videoChunkFile: "text" }],
    ["a segment without a name", { ...added, videoChunkFilename: undefined }],
    ["a segment with a bad name", { ...added, videoChunkFilename: "../0.ts" }],
    ["a segment that goes, without a name", { type: "remove-chunk" }],
    ["a playlist without its file", { ...added, resolutionPlaylistFilename: "0.m3u8" }],
    ["a playlist without its name", { ...removed, resolutionPlaylistFile: file }],
    ["a playlist with a bad name", { ...added, ...playlist, resolutionPlaylistFilename: "0.ts" }],
    ["a text for the master playlist", { ...added, masterPlaylistFile: "text" }]
  ])("not %s", (_, form) => {
    expect(Either.isLeft(decode(form))).toBe(true)
  })
})
