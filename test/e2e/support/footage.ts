import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { makeClip } from "./clips.ts"
import type { Part } from "./recordedRunners.ts"
import { makeRendition } from "./rendition.ts"

/** Seconds. */
const LENGTH = 12

/** A clip and all results that runners make of it. */
export interface Footage {
  /** 256x144, twelve seconds. */
  readonly clip: string
  /** The files of its HLS rendition, by name. */
  readonly rendition: Readonly<Record<string, Blob>>
  /** Its storyboard, in the standard grid for twelve seconds. */
  readonly storyboard: { readonly picture: Blob; readonly columns: number; readonly tile: readonly [number, number] }
  readonly captions: Blob
  /** A live: its playlist at the last of its one-second segments, and these segments. */
  readonly live: { readonly playlist: Blob; readonly segments: ReadonlyArray<readonly [name: string, bytes: Blob]> }
}

const blobOf = (path: string) =>
  Effect.map(
    Effect.promise(() => readFile(path)),
    (bytes) => new Blob([bytes])
  )

/** A form part with a file, without the common prefix of payload names. */
const fieldOf = (part: Part): ReadonlyArray<readonly [string, Blob]> =>
  "text" in part
    ? []
    : [[part.name.slice("payload[".length, -1), new File([new Uint8Array(part.bytes)], part.filename)]]

/** The caption in the second second of the clip. */
export const SENTENCE = "Nobody has ever said this."

/** Creates the files in a folder. */
export const make = (folder: string) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const clip = yield* makeClip(folder, "clip.mp4", { size: "256x144", seconds: LENGTH })
    const source = yield* Effect.promise(() => readFile(clip))
    const parts = yield* makeRendition(source, 144)
    const [columns, rows, tile] = [6, 2, [192, 108] as const]
    yield* ffmpeg({
      inputs: [{ path: clip }],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-i", input(0), "-vf", `fps=1,scale=${tile.join(":")},tile=${columns}x${rows}`, "-frames:v", "1"],
        ...[output("storyboard.jpg"), "-map", "0:v", "-c", "copy", "-f", "hls", "-hls_time", "1"],
        ...["-hls_list_size", "0", "-hls_flags", "omit_endlist", "-hls_segment_filename", output("0-%06d.ts")],
        output("0.m3u8")
      ]
    })
    const names = (yield* Effect.promise(() => readdir(folder))).filter((name) => name.endsWith(".ts")).sort()
    return {
      clip,
      rendition: Object.fromEntries(parts.flatMap(fieldOf)),
      storyboard: { picture: yield* blobOf(join(folder, "storyboard.jpg")), columns, tile },
      captions: new Blob([`WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n${SENTENCE}\n`]),
      live: {
        playlist: yield* blobOf(join(folder, "0.m3u8")),
        segments: yield* Effect.forEach(names, (name) =>
          Effect.map(blobOf(join(folder, name)), (_) => [name, _] as const)
        )
      }
    } satisfies Footage
  })
