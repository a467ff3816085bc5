import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc, Option, Schema } from "effect"
import {
  editedDuration,
  misfitOf,
  movesTime,
  presentTasks,
  StudioTasks,
  taskFileNames
} from "../../../src/domain/studio/StudioTasks.ts"
import { key } from "../fixtures.ts"

const decode = Schema.decodeUnknownEither(StudioTasks)
const tasks = (...given: ReadonlyArray<unknown>): StudioTasks => Either.getOrThrow(decode(given))
const cut = (start?: number, end?: number) => ({ name: "cut", options: { start, end } })
const remove = (...segments: ReadonlyArray<readonly [number, number]>) => ({
  name: "remove-segments",
  options: { segments: segments.map(([start, end]) => ({ start, end })) }
})
const intro = { name: "add-intro", options: { file: "uploads/Intro.MP4" } }
const outro = { name: "add-outro", options: { file: "uploads/outro" } }
const watermark = { name: "add-watermark", options: { file: "uploads/logo.png" } }

describe("the tasks of a host", () => {
  it.each([
    ["all kinds", [intro, outro, cut(2, 10), remove([3, 5]), watermark]],
    ["a cut without an end", [cut(2)]],
    ["a cut without a start", [cut(undefined, 1)]],
    ["a cut from 0", [cut(0, 1)]],
    ["a cut in tenths of a second", [cut(0.3, 2.7)]],
    ["ten tasks", Array(10).fill(cut(1))],
    ["ten segments that touch", [remove(...Array.from({ length: 10 }, (_, n) => [n, n + 1] as const))]]
  ])("%s", (_, given) => {
    expect(Either.isRight(decode(given))).toBe(true)
  })

  it.each([
    ["none", []],
    ["eleven", Array(11).fill(cut(1))],
    ["an unknown task", [{ name: "blur", options: {} }]],
    ["a cut without either", [cut()]],
    ["a cut that ends where it starts", [cut(2, 2)]],
    ["a cut backwards", [cut(3, 2)]],
    ["a cut that ends at 0", [cut(undefined, 0)]],
    ["a cut before the start", [cut(-1, 2)]],
    ["a cut in hundredths of a second", [cut(0.25, 2)]],
    ["a cut that ends at infinity", [cut(0, Number.POSITIVE_INFINITY)]],
    ["a segment in tenths of a second", [remove([0.5, 2])]],
    ["no segments", [remove()]],
    ["eleven segments", [remove(...Array.from({ length: 11 }, (_, n) => [n, n + 1] as const))]],
    ["a segment backwards", [remove([3, 2])]],
    ["segments that overlap", [remove([1, 3], [2, 4])]],
    ["segments out of order", [remove([3, 4], [1, 2])]],
    ["a key that leads outside", [{ name: "add-intro", options: { file: "../secret" } }]],
    [
      "a watermark larger than the video",
      [{ ...watermark, options: { ...watermark.options, watermarkSizeRatio: 1.1 } }]
    ],
    ["a watermark of no size", [{ ...watermark, options: { ...watermark.options, watermarkSizeRatio: 0 } }]]
  ])("not %s", (_, given) => {
    expect(Either.isLeft(decode(given))).toBe(true)
  })

  it("survive being stored", () => {
    const given = tasks(intro, cut(2), watermark, remove([1, 2]))
    const stored = JSON.parse(JSON.stringify(Schema.encodeSync(StudioTasks)(given)))
    expect(decode(stored)).toEqual(
      Either.right(tasks(intro, { name: "cut", options: { start: 2 } }, watermark, remove([1, 2])))
    )
  })
})

describe("the tasks of a runner", () => {
  const given = tasks(intro, outro, cut(2, 10), remove([3, 5]), watermark)

  it("name files as runners may ask for them", () => {
    expect(taskFileNames(given)).toEqual([
      { name: "task-1.mp4", key: "uploads/Intro.MP4" },
      { name: "task-2.bin", key: "uploads/outro" },
      { name: "task-5.png", key: "uploads/logo.png" }
    ])
  })

  it("look as runners read them, the margin under both names", () => {
    const seen = presentTasks(given, (name) => `https://example.org/${name}`)
    expect(JSON.parse(JSON.stringify(seen))).toEqual([
      { name: "add-intro", options: { file: "https://example.org/task-1.mp4" } },
      { name: "add-outro", options: { file: "https://example.org/task-2.bin" } },
      { name: "cut", options: { start: 2, end: 10 } },
      { name: "remove-segments", options: { segments: [{ start: 3, end: 5 }] } },
      {
        name: "add-watermark",
        options: {
          file: "https://example.org/task-5.png",
          watermarkSizeRatio: 0.1,
          horitonzalMarginRatio: 0.05,
          horizontalMarginRatio: 0.05,
          verticalMarginRatio: 0.05
        }
      }
    ])
  })

  it("have valid names for all file names of the host", () => {
    const name = fc.string({ minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 10 }), (names) => {
        const made = decode(names.map((file) => ({ name: "add-intro", options: { file } })))
        if (Either.isLeft(made)) return
        const files = taskFileNames(made.right)
        expect(files.every((_) => /^[a-z0-9-]+\.[a-z0-9]{1,8}$/.test(_.name))).toBe(true)
        expect(new Set(files.map((_) => _.name)).size).toBe(names.length)
      })
    )
  })
})

describe("how long the edited video lasts", () => {
  const lengths = {
    source: Option.some(60),
    of: (file: string) => (file === key("uploads/Intro.MP4") ? Option.some(5.5) : Option.none())
  }

  it.each([
    ["cut on both sides", [cut(2, 10)], Option.some(8)],
    ["cut at the start", [cut(2)], Option.some(58)],
    ["cut beyond the end", [cut(50, 100)], Option.some(10)],
    ["cut away", [cut(60)], Option.some(0)],
    ["without some segments", [remove([3, 5], [50, 100])], Option.some(48)],
    ["with an intro", [intro], Option.some(65.5)],
    ["with an intro before the cut", [intro, cut(0, 62)], Option.some(62)],
    ["with a watermark", [watermark], Option.some(60)],
    ["with a file of unknown length", [outro], Option.none()]
  ])("%s", (_, given, expected) => {
    expect(editedDuration(tasks(...given), lengths)).toEqual(expected)
  })

  it("is not known when the length of the video is not", () => {
    expect(editedDuration(tasks(cut(1, 2)), { ...lengths, source: Option.none() })).toEqual(Option.none())
  })
})

describe("tasks that cannot be done", () => {
  const lengths = {
    source: Option.some(59.5),
    of: (file: string) => (file === key("uploads/Intro.MP4") ? Option.some(5.5) : Option.none())
  }

  it.each([
    ["begin at the end", [cut(60)], "Task 1 (cut) names a time behind the end of the video"],
    ["end behind the end", [cut(2, 61)], "Task 1 (cut) names a time behind the end of the video"],
    ["refer to a removed part", [cut(0, 10), remove([3, 5], [9, 11])], "Task 2 (remove-segments) names a time"],
    ["leave nothing", [watermark, remove([0, 60])], "Task 2 (remove-segments) leaves nothing of the video"]
  ])("%s", (_, given, sentence) => {
    expect(Option.getOrUndefined(misfitOf(tasks(...given), lengths))).toContain(sentence)
  })

  it.each([
    ["up to the second in which it ends", [cut(2, 60)]],
    ["into an added intro", [intro, cut(2, 65)]],
    ["of which the length is not known", [outro, cut(1000)]]
  ])("are none that go %s", (_, given) => {
    expect(misfitOf(tasks(...given), lengths)).toEqual(Option.none())
  })

  it("only a picture laid over it leaves every moment where it was", () => {
    expect(movesTime(tasks(watermark))).toBe(false)
    for (const task of [cut(1), remove([1, 2]), intro, outro]) expect(movesTime(tasks(watermark, task))).toBe(true)
  })
})
