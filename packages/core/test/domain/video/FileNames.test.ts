import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option, Schema } from "effect"
import { isFileKey } from "../../../src/domain/FileKey.ts"
import { waitingKey } from "../../../src/domain/job/CustomUploads.ts"
import {
  BaseName,
  captionKey,
  captionPlaylistKey,
  editedSourceKey,
  isEditedSource,
  isRepackedSource,
  isWorkFile,
  masterKey,
  mediaKey,
  nameOf,
  playlistKey,
  recordedVariantKey,
  recordingKey,
  repackedSourceKey,
  storyboardKey,
  storyboardTrackKey,
  thumbnailKey,
  webVideoKey
} from "../../../src/domain/video/FileNames.ts"
import { key, uuid } from "../fixtures.ts"

const plain = { destination: key("videos/cat"), baseName: Option.none() }
const named = { ...plain, baseName: Option.some("my-cat") }
const id = uuid(1)
const isBaseName = Schema.is(BaseName)

describe("names of what we store", () => {
  it.each([
    [mediaKey(plain, id, 480), `videos/cat/${id}-480-fragmented.mp4`],
    [mediaKey(named, id, 480), `videos/cat/my-cat-${id}-480-fragmented.mp4`],
    [playlistKey(plain, id, 0), `videos/cat/${id}-0.m3u8`],
    [playlistKey(named, id, 0), `videos/cat/my-cat-${id}-0.m3u8`],
    [masterKey(plain, id), `videos/cat/${id}-master.m3u8`],
    [masterKey(named, id), `videos/cat/my-cat-${id}-master.m3u8`],
    [thumbnailKey(plain, id), `videos/cat/${id}-thumbnail.jpg`],
    [thumbnailKey(named, id), `videos/cat/my-cat-${id}-thumbnail.jpg`],
    [webVideoKey(plain, id, 480), `videos/cat/${id}-480.mp4`],
    [captionKey(named, id), `videos/cat/my-cat-${id}-caption.vtt`],
    [captionPlaylistKey(plain, id), `videos/cat/${id}-caption.m3u8`],
    [editedSourceKey(named, id), `videos/cat/my-cat-${id}-source.mp4`],
    [storyboardKey(plain, id), `videos/cat/${id}-storyboard.jpg`],
    [storyboardTrackKey(named, id), `videos/cat/my-cat-${id}-storyboard.vtt`]
  ])("%s", (made, expected) => {
    expect(made).toBe(expected)
  })

  it("a source that an edit has made is known by its name and place", () => {
    for (const place of [plain, named]) expect(isEditedSource(place, editedSourceKey(place, id))).toBe(true)
    for (const other of [
      "uploads/cat.mov",
      `uploads/${id}-source.mp4`,
      "videos/cat/source.mp4",
      "videos/cat/a/source.mp4"
    ])
      expect(isEditedSource(plain, key(other))).toBe(false)
  })

  it("so is a source that was moved into MP4", () => {
    for (const place of [plain, named]) expect(isRepackedSource(place, repackedSourceKey(place, id))).toBe(true)
    for (const other of ["videos/cat/cat.mov", `uploads/${id}-repacked.mp4`, `videos/cat/a/${id}-repacked.mp4`]) {
      expect(isRepackedSource(plain, key(other))).toBe(false)
    }
  })

  it("nameOf is the last segment", () => {
    expect(nameOf(key("a/b/c.mp4"))).toBe("c.mp4")
    expect(nameOf(key("c.mp4"))).toBe("c.mp4")
  })
})

describe("isWorkFile", () => {
  it("is true for what runners work with and nobody else", () => {
    const made = [
      editedSourceKey(plain, id),
      repackedSourceKey(named, id),
      recordingKey(named, id),
      recordedVariantKey(named, id, 1),
      waitingKey(id, "videoFile")
    ]
    expect(made.map(isWorkFile)).toEqual(made.map(() => true))
  })

  it("is true for every name by which a file system that ignores case opens such a file", () => {
    const made = [
      editedSourceKey(plain, id),
      repackedSourceKey(named, id),
      recordingKey(named, id),
      recordedVariantKey(named, id, 1),
      waitingKey(id, "videoFile")
    ]
    const shouted = made.map((name) => key(name.toUpperCase()))
    const longS = made.map((name) => key(name.replaceAll("s", "\u017f")))
    const invisible = made.map((name) => key(name.replaceAll("c", "c\u200c")))
    expect([...shouted, ...longS, ...invisible].every(isWorkFile)).toBe(true)
  })

  it("is false for the results of a video", () => {
    const made = [mediaKey(named, id, 720), webVideoKey(plain, id, 720), thumbnailKey(plain, id), key("a/source.mp4")]
    expect(made.map(isWorkFile)).toEqual([false, false, false, false])
  })
})

describe("BaseName", () => {
  it.each(["cat", "my-cat_2.final", "9", "x".repeat(100)])("takes %s", (text) => {
    expect(isBaseName(text)).toBe(true)
  })

  it.each(["", ".", "..", ".hidden", "-rf", "a/b", "a\\b", "a b", 'a"b', "a#b", "a%2Fb", "a\n", "é", "x".repeat(101)])(
    "refuses %j",
    (text) => {
      expect(isBaseName(text)).toBe(false)
    }
  )

  it("always makes a safe key with a name of at most 255 bytes, which a playlist can name without escaping", () => {
    const text = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (baseName) => {
        if (!isBaseName(baseName)) return
        const made = mediaKey({ ...plain, baseName: Option.some(baseName) }, id, 2160)
        expect(isFileKey(made)).toBe(true)
        expect(nameOf(made).length).toBeLessThanOrEqual(255)
        expect(encodeURIComponent(nameOf(made))).toBe(nameOf(made))
      })
    )
  })
})
