import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { ffmpeg } from "./native.ts"

/** The reports of a live's runner in order: segments, each with the playlists that name it. */
export interface Broadcast {
  readonly updates: ReadonlyArray<Readonly<Record<string, string | Blob>>>
}

/** The playlist up to a segment. */
const upTo = (playlist: string, name: string): Blob =>
  new Blob([playlist.slice(0, playlist.indexOf(name) + name.length), "\n"])

/**
 * Splits a file into live segments as runners do. Audio is variant 0, video is variant 1, and both share one clock.
 * Segments last two seconds.
 */
export const broadcast = (source: string, folder: string, fps: number): Effect.Effect<Broadcast> =>
  Effect.gen(function* () {
    yield* ffmpeg(
      [
        ...[
          "-i",
          source,
          "-map",
          "0:v",
          "-map",
          "0:a",
          "-c:v",
          "libx264",
          "-preset",
          "veryfast",
          "-g",
          String(2 * fps)
        ],
        ...["-c:a", "aac", "-f", "hls", "-hls_time", "2", "-hls_list_size", "0", "-hls_flags", "independent_segments"],
        ...["-hls_segment_filename", "%v-%06d.ts", "-master_pl_name", "master.m3u8"],
        ...["-var_stream_map", "a:0,agroup:Audio,default:yes v:0,agroup:Audio", "%v.m3u8"]
      ],
      folder
    )
    const read = (name: string) => Effect.promise(() => readFile(join(folder, name)))
    const master = new Blob([new Uint8Array(yield* read("master.m3u8"))])
    const names = (yield* Effect.promise(() => readdir(folder))).filter((name) => /^\d-\d{6}\.ts$/.test(name))
    const inTime = names.sort((a, b) => a.slice(2).localeCompare(b.slice(2)))
    const updates = yield* Effect.forEach(inTime, (name) =>
      Effect.gen(function* () {
        const playlist = `${name[0]}.m3u8`
        return {
          type: "add-chunk",
          videoChunkFilename: name,
          videoChunkFile: new File([new Uint8Array(yield* read(name))], name),
          resolutionPlaylistFilename: playlist,
          resolutionPlaylistFile: upTo((yield* read(playlist)).toString(), name),
          masterPlaylistFile: master
        }
      })
    )
    return { updates }
  })
