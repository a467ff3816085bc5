import { describe, expect, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import { dueRenditions } from "../../../src/domain/chunk/Growth.ts"
import { FileKey } from "../../../src/domain/FileKey.ts"
import type { ChunkedRendition, Chunking, ChunkPart } from "../../../src/domain/video/Chunking.ts"

const id = "5b0b3a0e-7d0c-4b9c-8a39-0f0c5c3f5d10"

const part: ChunkPart = {
  ...{ index: 0, attemptId: id, key: FileKey.make("videos/part.mp4"), size: 1000, segments: [[4, 100, 900]] },
  header: { size: 100, digest: "" },
  facts: { codecs: [], fps: 25, hasAudio: false, hasVideo: true, height: 360, resolution: 360, width: 640 }
}

const rendition: ChunkedRendition = {
  ...{ id, resolution: 360, fps: 25, playlistKey: FileKey.make("videos/360.m3u8"), failed: false },
  ...{ parts: [part], listed: 0 }
}

const cutting = (total: number): { readonly chunking: Option.Option<Chunking> } => ({
  chunking: Option.some({
    ...{ state: "cutting", total, chunks: [], sound: Option.none(), renditions: [rendition], lister: Option.none() },
    cutter: Option.some({ server: id, at: DateTime.unsafeMake(0) })
  })
})

describe("the playlists that are due", () => {
  it("are those with a new chunk, once all cut points of the film are known", () => {
    expect(dueRenditions(cutting(0))).toEqual([])
    expect(dueRenditions(cutting(7))).toEqual([rendition])
  })
})
