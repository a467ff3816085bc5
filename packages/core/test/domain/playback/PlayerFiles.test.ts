import { Option } from "effect"
import { describe, expect, it } from "vitest"
import { Language } from "../../../src/domain/captions/Languages.ts"
import type { FileKey } from "../../../src/domain/FileKey.ts"
import { find, nameOf } from "../../../src/domain/playback/PlayerFiles.ts"
import type { Video } from "../../../src/domain/video/Video.ts"
import { aFile, aVideo, aWebVideo, before, key, uuid } from "../fixtures.ts"

const inFolder = (name: string): FileKey => key(`videos/cat/${name}`)
const named = (n: number, rest: string): FileKey => inFolder(`${uuid(n)}-${rest}`)
const caption = { language: Language.make("en"), label: "English", automatic: true } as const
const storyboard = {
  sprite: { width: 1, height: 1 },
  grid: { width: 1, height: 1 },
  interval: 1,
  total: 1,
  duration: 3
}

const video = aVideo({
  files: [aFile(1)],
  webVideos: [aWebVideo(2)],
  captions: [{ ...caption, key: named(3, "caption.vtt"), playlistKey: named(3, "caption.m3u8") }],
  storyboard: Option.some({ storyboard, key: named(4, "storyboard.jpg"), trackKey: named(4, "storyboard.vtt") }),
  thumbnailKey: Option.some(named(5, "thumbnail.jpg")),
  playlistKey: Option.some(named(6, "master.m3u8"))
})

const session = {
  id: uuid(70),
  asked: [],
  replay: false,
  recorded: false,
  state: "running",
  error: Option.none()
} as const

const live = aVideo({
  sourceKey: Option.none(),
  live: Option.some(session),
  playlistKey: Option.some(inFolder(`live-${uuid(70)}/master.m3u8`))
})

const keyOf = (one: Video, name: string) => Option.getOrNull(Option.map(find(one, name), (file) => file.key))
const nothing = (one: Video, names: ReadonlyArray<string>) => {
  for (const name of names) expect(keyOf(one, name), name).toBe(null)
}

describe("the files of a video for players", () => {
  it("are its renditions, progressive files, captions, storyboard, thumbnail and playlists", () => {
    const names = [
      ...[`${uuid(1)}-480.m3u8`, `${uuid(1)}-480-fragmented.mp4`, `${uuid(2)}-480.mp4`, `${uuid(3)}-caption.vtt`],
      ...[`${uuid(3)}-caption.m3u8`, `${uuid(4)}-storyboard.jpg`, `${uuid(4)}-storyboard.vtt`],
      ...[`${uuid(5)}-thumbnail.jpg`, `${uuid(6)}-master.m3u8`]
    ]
    for (const name of names) {
      expect(keyOf(video, name)).toBe(`videos/cat/${name}`)
      expect(nameOf(video, inFolder(name))).toBe(name)
    }
    const kinds = names.map((name) => Option.map(find(video, name), (file) => [file.names, file.changes, file.folder]))
    expect(kinds.map(Option.getOrNull)).toEqual([
      ...["playlist", "nothing", "nothing", "nothing", "playlist", "nothing", "track", "nothing", "playlist"].map(
        (kind) => [kind, false, ""]
      )
    ])
  })

  it("include the current master playlist under a name that stays", () => {
    const current = { key: named(6, "master.m3u8"), names: "playlist", changes: true, folder: "" }
    expect(find(video, "master.m3u8")).toEqual(Option.some(current))
    nothing(aVideo(), ["master.m3u8"])
  })

  it("are no other files of the storage", () => {
    nothing(video, [
      ...["", ".", "..", "/", `../cat/${uuid(1)}-480.m3u8`, `./${uuid(1)}-480.m3u8`, `/${uuid(1)}-480.m3u8`],
      ...[`videos/cat/${uuid(1)}-480.m3u8`, `${uuid(1)}-480.M3U8`, `${uuid(9)}-480.m3u8`, `${uuid(1)}-480.m3u8/`],
      ...["cat.mov", "uploads/cat.mov", "../../uploads/cat.mov", `${uuid(1)}-480.m3u8\u0000`]
    ])
  })

  it("are not the source, wherever it is, nor what only runners read", () => {
    const sources = [
      ...[named(8, "source.mp4"), named(8, "recording.mp4"), named(8, "repacked.mp4"), named(8, "720.mp4")],
      ...[inFolder("cat.mov"), key("uploads/cat.mov")]
    ]
    for (const source of sources) {
      const pendingDeletion = [{ key: source, at: before }]
      const names = ["cat.mov", nameOf(video, source)]
      nothing(aVideo({ sourceKey: Option.some(source), pendingDeletion }), names)
      nothing(aVideo({ sourceKey: Option.none(), soundKey: Option.some(source), pendingDeletion }), names)
    }
    for (const source of sources.filter((one) => !one.endsWith("-720.mp4"))) {
      nothing(aVideo({ sourceKey: Option.none(), pendingDeletion: [{ key: source, at: before }] }), [
        nameOf(video, source)
      ])
    }
    nothing(aVideo({ pendingDeletion: [{ key: key(`custom-uploads/${uuid(1)}-480.mp4`), at: before }] }), [
      `${uuid(1)}-480.mp4`
    ])
  })

  it("include replaced ones until they are deleted, because players hold their URLs", () => {
    const replaced = ["480.m3u8", "480-fragmented.mp4", "480.mp4", "master.m3u8", "caption.vtt", "storyboard.vtt"]
    for (const rest of replaced) {
      const old = aVideo({ pendingDeletion: [{ key: named(9, rest), at: before }] })
      expect(keyOf(old, `${uuid(9)}-${rest}`)).toBe(named(9, rest))
    }
  })

  it("are found by their last name when another folder holds them", () => {
    const foreign = aVideo({ thumbnailKey: Option.some(key("pictures/1/cat.jpg")) })
    expect(nameOf(foreign, key("pictures/1/cat.jpg"))).toBe("cat.jpg")
    expect(keyOf(foreign, "cat.jpg")).toBe("pictures/1/cat.jpg")
    expect(nameOf(foreign, key("videos/cats/1.jpg"))).toBe("1.jpg")
  })
})

describe("the files of a live for players", () => {
  const folder = `live-${uuid(70)}`

  it("are its playlists, which change, and its segments", () => {
    for (const [name, changes] of [
      ["master.m3u8", true],
      ["0.m3u8", true],
      ["0-000001.ts", false]
    ] as const) {
      const found = Option.getOrUndefined(find(live, `${folder}/${name}`))
      expect([found?.key, found?.changes]).toEqual([`videos/cat/${folder}/${name}`, changes])
    }
  })

  it("include the master playlist under the name that stays, with the folder of what it names", () => {
    const master = inFolder(`${folder}/master.m3u8`)
    expect(find(live, "master.m3u8")).toEqual(
      Option.some({ key: master, names: "playlist", changes: true, folder: `${folder}/` })
    )
  })

  it("are nothing else of this folder, nor files of other folders", () => {
    nothing(live, [
      ...[folder, `${folder}/`, `${folder}/a.mp4`, `${folder}/../0.ts`, `${folder}/a/0.ts`, `${folder}/A.ts`],
      ...[`live-${uuid(71)}/0.m3u8`, `live-${uuid(70)}x/0.ts`, `x${folder}/0.ts`, `${folder}/.ts`]
    ])
    nothing(video, [`${folder}/0.ts`])
  })

  it("include those of an earlier session until its folder is deleted", () => {
    const key = inFolder(`live-${uuid(71)}`)
    const again = { ...live, pendingDeletion: [{ key, folder: true, at: before }] }
    expect(keyOf(again, `live-${uuid(71)}/0-000000.ts`)).toBe(`${key}/0-000000.ts`)
    nothing({ ...live, pendingDeletion: [{ key, at: before }] }, [`live-${uuid(71)}/0-000000.ts`])
  })
})
