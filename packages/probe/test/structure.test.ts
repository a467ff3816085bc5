import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { fixturePath } from "@runner-connector/contracts/media"
import { Effect, FastCheck } from "effect"
import { type Structure, structureOf } from "../src/structure.ts"

const fixture = (name: string) => new Uint8Array(readFileSync(fixturePath(name)))

const look = (bytes: Uint8Array): Structure =>
  Effect.runSync(structureOf({ size: bytes.length, read: (start, end) => Effect.succeed(bytes.subarray(start, end)) }))

const whole: Readonly<Record<string, Structure>> = {
  "moov-last.mp4": "whole",
  "faststart.mp4": "whole",
  "audio.m4a": "whole",
  "vp9-opus.webm": "whole",
  "many-tracks.mkv": "whole",
  "fragmented.mp4": "fragmented",
  "unsized.mp4": "open",
  "unsized.webm": "open",
  "no-duration.mkv": "open",
  "mpeg4.avi": "open",
  "audio.mp3": "unknown",
  "text.txt": "unknown",
  "noise.mp4": "unknown",
  "empty.mp4": "unknown"
}

describe("the structure of a file", () => {
  for (const [name, structure] of Object.entries(whole)) {
    it(`${name} is ${structure}`, () => assert.strictEqual(look(fixture(name)), structure))
  }

  it("a file with a declared size is truncated when any byte is missing", () => {
    for (const name of ["moov-last.mp4", "faststart.mp4", "vp9-opus.webm", "many-tracks.mkv"]) {
      const bytes = fixture(name)
      for (const missing of [1, 100, bytes.length >> 1, bytes.length - 100]) {
        assert.strictEqual(look(bytes.subarray(0, bytes.length - missing)), "cut", `${name} without ${missing}`)
      }
    }
  })

  it("a wrong size in a RIFF header counts as truncation only when it is far too large", () => {
    const bytes = fixture("mpeg4.avi")
    assert.strictEqual(look(bytes.subarray(0, bytes.length - 100)), "open")
    assert.strictEqual(look(bytes.subarray(0, bytes.length >> 1)), "cut")
  })

  it("extra bytes after the end are accepted", () => {
    assert.strictEqual(look(Uint8Array.from([...fixture("faststart.mp4"), ...fixture("noise.mp4")])), "whole")
  })

  it("a picture in MP4 boxes is not a truncated video", () => {
    const box = (type: string) => [0, 0, 0, 8, ...new TextEncoder().encode(type)]
    assert.strictEqual(look(Uint8Array.from([...box("ftyp"), ...box("meta"), ...box("mdat")])), "open")
  })

  it("handles arbitrary bytes without errors", () => {
    const heads = [[], [0x1a, 0x45, 0xdf, 0xa3], [0x52, 0x49, 0x46, 0x46], [0, 0, 0, 16, 0x66, 0x74, 0x79, 0x70]]
    FastCheck.assert(
      FastCheck.property(FastCheck.constantFrom(...heads), FastCheck.uint8Array({ maxLength: 200 }), (head, tail) => {
        assert.include(["cut", "whole", "open", "fragmented", "unknown"], look(Uint8Array.from([...head, ...tail])))
      }),
      { numRuns: 2000 }
    )
  })
})
