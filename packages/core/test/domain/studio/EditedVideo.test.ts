import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { Language } from "../../../src/domain/captions/Languages.ts"
import { edited, toEdit, unedited } from "../../../src/domain/studio/EditedVideo.ts"
import type { StudioTasks } from "../../../src/domain/studio/StudioTasks.ts"
import { editedSourceKey, recordingKey } from "../../../src/domain/video/FileNames.ts"
import type { Video } from "../../../src/domain/video/Video.ts"
import { keysInUse, withCaption, withStoryboard } from "../../../src/domain/video/VideoMachine.ts"
import { aFile, aSummary, aVideo, before, key, now, uuid } from "../fixtures.ts"

const caption = {
  language: Language.make("en"),
  label: "English",
  automatic: true,
  key: key("videos/cat/a.vtt"),
  playlistKey: key("videos/cat/a.m3u8")
}
const storyboard = {
  storyboard: {
    sprite: { width: 192, height: 108 },
    grid: { width: 3, height: 1 },
    interval: 1,
    total: 3,
    duration: 3
  },
  key: key("videos/cat/s.jpg"),
  trackKey: key("videos/cat/s.vtt")
}
const video: Video = {
  ...aVideo({ files: [aFile(1)], state: "Published" }),
  captions: [caption],
  storyboard: Option.some(storyboard),
  playlistKey: Option.some(key("videos/cat/master.m3u8")),
  thumbnailKey: Option.some(key("videos/cat/t.jpg")),
  sourceKey: Option.some(key("uploads/cat.mov")),
  endedAt: Option.some(before)
}
const cut: StudioTasks = [{ name: "cut", options: { end: 3 } }]
const watermark: StudioTasks = [
  {
    name: "add-watermark",
    options: {
      file: key("tasks/logo.png"),
      watermarkSizeRatio: 0.1,
      horizontalMarginRatio: 0.05,
      verticalMarginRatio: 0.05
    }
  }
]
const result = { sourceKey: editedSourceKey(video, uuid(7)), source: aSummary({ duration: Option.some(3) }) }
const pendingKeysOf = ({ pendingDeletion }: Pick<Video, "pendingDeletion">) =>
  new Set<string>(pendingDeletion.map((file) => file.key))

describe("a video that was edited", () => {
  it("shows no rendition of the old source, and keeps its picture", () => {
    const after = edited(toEdit(video, before), { ...result, tasks: cut, keepsSource: true }, now)
    expect(keysInUse(after)).toEqual(["videos/cat/t.jpg", result.sourceKey])
    const gone = keysInUse(video).filter((used) => used !== "videos/cat/t.jpg")
    expect(pendingKeysOf(after)).toEqual(new Set([...pendingKeysOf(video), ...gone]))
    expect(after).toMatchObject({ state: "ToTranscode", source: result.source, endedAt: Option.none() })
  })

  it("keeps its captions while no time moves, and releases the files of the tasks", () => {
    const after = edited(video, { ...result, tasks: watermark, keepsSource: true }, now)
    expect(after.captions).toEqual([caption])
    expect(pendingKeysOf(after)).toContain("tasks/logo.png")
    expect(pendingKeysOf(after)).not.toContain(caption.key)
  })

  it("lets the old source go when nobody keeps it, and always when an edit has made it", () => {
    const ours = { ...video, sourceKey: Option.some(editedSourceKey(video, uuid(6))) }
    const next = (old: Video, keepsSource: boolean) =>
      pendingKeysOf(edited(old, { ...result, tasks: cut, keepsSource }, now))
    expect(next(video, true)).not.toContain("uploads/cat.mov")
    expect(next(video, false)).toContain("uploads/cat.mov")
    expect(next(ours, true)).toContain(editedSourceKey(video, uuid(6)))
  })

  it("lets the recording of a live go in any case", () => {
    const session = { id: uuid(7), replay: true, recorded: true, state: "ended", error: Option.none() } as const
    const live = Option.some({ ...session, asked: [{ resolution: 360, fps: 30 }] })
    const sourceKey = recordingKey(video, uuid(7))
    const after = edited(
      { ...video, live, sourceKey: Option.some(sourceKey) },
      { ...result, tasks: cut, keepsSource: true },
      now
    )
    expect(pendingKeysOf(after)).toContain(sourceKey)
  })
})

describe("a video that could not be edited", () => {
  it("is unchanged, and releases the files of the tasks", () => {
    const after = unedited(toEdit(video, before), { previousState: "Published", tasks: watermark }, now)
    expect({ ...after, pendingDeletion: video.pendingDeletion }).toEqual({
      ...video,
      endedAt: Option.some(now),
      updatedAt: now
    })
    expect(pendingKeysOf(after)).toContain("tasks/logo.png")
  })

  it("stays as it is when it is not to be edited any more", () => {
    const other = { ...video, state: "TranscodingFailed" as const }
    expect(unedited(other, { previousState: "Published", tasks: cut }, now)).toEqual({ ...other, updatedAt: now })
  })
})

describe("files beside a video", () => {
  it("a storyboard takes the place of the one before", () => {
    const next = { ...storyboard, key: key("videos/cat/n.jpg"), trackKey: key("videos/cat/n.vtt") }
    const after = withStoryboard(video, next, now)
    expect(after.storyboard).toEqual(Option.some(next))
    expect(pendingKeysOf(after)).toEqual(new Set([...pendingKeysOf(video), "videos/cat/s.jpg", "videos/cat/s.vtt"]))
  })

  it("captions tell the language of a video of which nobody has told it, and of no other", () => {
    const german = Language.make("de")
    expect(withCaption({ ...video, language: Option.none() }, caption, now).language).toEqual(Option.some("en"))
    expect(withCaption({ ...video, language: Option.some(german) }, caption, now).language).toEqual(Option.some("de"))
  })

  it("captions that may not replace those of a person are let go themselves", () => {
    const written = { ...video, captions: [{ ...caption, automatic: false }] }
    const late = { ...caption, key: key("videos/cat/b.vtt"), playlistKey: key("videos/cat/b.m3u8") }
    const after = withCaption(written, late, now)
    expect(after.captions).toEqual(written.captions)
    expect(pendingKeysOf(after)).toEqual(new Set([...pendingKeysOf(video), late.key, late.playlistKey]))
  })
})
