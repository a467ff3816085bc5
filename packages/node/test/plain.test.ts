import type { Video as CoreVideo, RunnerJob, WaitingFor } from "@runner-connector/core"
import { Chunk, Data, DateTime, Duration, Option, Redacted } from "effect"
import { describe, expect, expectTypeOf, it } from "vitest"
import type { Job, Video, WaitingReason } from "../src/index.ts"
import type { Plain } from "../src/plain/Plain.ts"
import { plainVideo } from "../src/plain/plainVideo.ts"
import { toPlain } from "../src/plain/toPlain.ts"

type Effectful = "Option" | "Some" | "None" | "Utc" | "Redacted" | "Chunk"

/** The tags of Effect's types that are left at any depth. */
type Left<T, Depth extends 1[] = []> = Depth["length"] extends 6
  ? never
  : T extends { readonly _tag: infer Tag extends string }
    ? Extract<Tag, Effectful>
    : T extends ReadonlyArray<infer Item>
      ? Left<Item, [...Depth, 1]>
      : T extends Date | ((...args: never) => unknown) | Uint8Array
        ? never
        : T extends object
          ? { [Key in keyof T]-?: Left<T[Key], [...Depth, 1]> }[keyof T]
          : never

describe("plain types", () => {
  it("follow the fields of the core", () => {
    expectTypeOf<keyof Video>().toEqualTypeOf<keyof CoreVideo.Video>()
    expectTypeOf<Video["id"]>().toEqualTypeOf<string>()
    expectTypeOf<Video["title"]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Video["createdAt"]>().toEqualTypeOf<Date>()
    expectTypeOf<Video["endedAt"]>().toEqualTypeOf<Date | undefined>()
    expectTypeOf<Video["files"][number]["duration"]>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Video["files"][number]["videoRange"]>().toEqualTypeOf<"PQ" | "HLG" | undefined>()
    expectTypeOf<WaitingReason["kind"]>().toEqualTypeOf<WaitingFor.WaitingFor["_tag"]>()
  })

  it("have no types of Effect at any depth", () => {
    expectTypeOf<Left<Video>>().toBeNever()
    expectTypeOf<Left<Job>>().toBeNever()
    expectTypeOf<Left<CoreVideo.Video>>().not.toBeNever()
  })

  it("do not contain the secrets of a job", () => {
    expectTypeOf<keyof Job>().toEqualTypeOf<
      Exclude<keyof RunnerJob.RunnerJob, "jobTokenHash" | "privatePayload" | "received">
    >()
  })

  it("show of the chunks of a video what documents show", () => {
    expectTypeOf<NonNullable<Video["chunking"]>>().toEqualTypeOf<{
      readonly state: "cutting" | "cut" | "whole"
      readonly reason?: string
      readonly total: number
    }>()
  })

  it("keep tuples, labels aside, and optional fields", () => {
    interface Given {
      readonly pair: readonly [Option.Option<string>, DateTime.Utc]
      readonly left?: Duration.Duration
    }
    expectTypeOf<Plain<Given>>().toEqualTypeOf<{
      readonly pair: readonly [string | undefined, Date]
      readonly left?: number
    }>()
  })
})

describe("plain values", () => {
  it("of a video show of its chunks what documents show", () => {
    const rest = { chunks: [], renditions: [], sound: Option.none(), cutter: Option.none(), lister: Option.none() }
    const chunking = Option.some({ state: "whole", reason: "The codec is not known.", total: 0, ...rest })
    const video = { id: "1", title: Option.none(), chunking } as unknown as CoreVideo.Video
    expect(plainVideo(video)).toEqual({
      id: "1",
      title: undefined,
      chunking: { state: "whole", reason: "The codec is not known.", total: 0 }
    })
    expect(plainVideo({ ...video, chunking: Option.none() }).chunking).toBeUndefined()
  })

  const at = DateTime.unsafeMake(0)

  it.each([
    [Option.some(Option.some("a")), "a"],
    [Option.none(), undefined],
    [at, new Date(0)],
    [Duration.minutes(1), 60_000],
    [Redacted.make("secret"), "secret"],
    [Chunk.make(1, 2), [1, 2]],
    [{ list: [{ at: Option.some(at) }] }, { list: [{ at: new Date(0) }] }],
    [Data.struct({ _tag: "Time", until: at }), { kind: "Time", until: new Date(0) }],
    [new Map([["a", Option.some(1)]]), new Map([["a", 1]])],
    [new Set([Redacted.make("a")]), new Set(["a"])],
    [null, null]
  ])("are converted: %s", (value, plain) => {
    expect(toPlain<unknown>(value)).toEqual(plain)
  })

  it("leave plain values unchanged", () => {
    const values = [new Date(), new URL("https://media.example"), new Uint8Array(1), new Error("x")]
    for (const value of values) expect(toPlain(value)).toBe(value)
  })
})
