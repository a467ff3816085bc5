import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Runs FFmpeg, and returns what it prints. */
export const run = (...args: ReadonlyArray<string>): string =>
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], { maxBuffer: 2 ** 26, encoding: "utf8" })

/** A folder for generated films. */
export const makeFolder = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), "films-"))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

const picture = (seconds: number) => ["-f", "lavfi", "-i", `testsrc2=size=64x36:rate=25:duration=${seconds}`]

const x264 = "keyint=25:min-keyint=25:scenecut=0:bframes=3:threads=1"
const x265 = `${x264.replace(":threads=1", "")}:log-level=error:pools=1`

/** Encoders whose groups of pictures, of one second, are closed. */
export const closed = {
  h264: ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", `${x264}:b-adapt=0`],
  hevc: ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", `${x265}:open-gop=0`],
  vp9: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"],
  mpeg2video: ["-c:v", "mpeg2video", "-g", "25", "-bf", "2", "-flags", "+cgop", "-sc_threshold", "1000000000"]
} as const

/** The same with groups of pictures that refer to the one before. */
export const open = {
  h264: ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", `${x264}:b-adapt=0:open-gop=1`],
  hevc: ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", `${x265}:open-gop=1`],
  mpeg2video: ["-c:v", "mpeg2video", "-g", "25", "-bf", "2"]
} as const

/** Makes a film. */
export const film = (path: string, seconds: number, ...args: ReadonlyArray<string>): string => {
  run(...picture(seconds), ...args, path)
  return path
}

/** Makes a film with sound. */
export const filmWithSound = (path: string, seconds: number, ...args: ReadonlyArray<string>): string => {
  run(...picture(seconds), "-f", "lavfi", "-i", `sine=duration=${seconds}`, ...args, path)
  return path
}

/** Copies a film into another container. */
export const copied = (from: string, to: string, ...args: ReadonlyArray<string>): string => {
  run("-i", from, "-c", "copy", ...args, to)
  return to
}

/** One line for each decoded picture: stream, dts, pts, duration, size and hash. */
const pictureLines = (path: string, ...args: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  run("-copyts", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", ...args, "-f", "framemd5", "-")
    .split("\n")
    .filter((line) => line.startsWith("0,"))
    .map((line) => line.split(","))

/** Hashes of the decoded pictures of a file. */
export const decoded = (path: string): ReadonlyArray<string> => pictureLines(path).map((line) => line.at(-1) ?? "")

/** When the first picture of a file is shown, in units of its time base. */
export const beginOf = (path: string): number => Number(pictureLines(path, "-frames:v", "1")[0]?.[2])
