import { join } from "node:path"
import { Effect } from "effect"
import { ffmpeg } from "./native.ts"

/** Video with a flash every two seconds, from the first second on, and a beep at each flash. */
export interface FlashingSource {
  readonly fps: number
  /** Seconds. */
  readonly seconds?: number
  /** The start of the audio track relative to the video track, in seconds. May be negative. */
  readonly audioStart?: number
  readonly bFrames?: boolean
  /** Whether keyframes, every two seconds, are the only ones. Otherwise a flash gets one, too. */
  readonly isRegular?: boolean
  /** The file extension, which selects the container. */
  readonly container?: "mp4" | "ts" | "mkv"
}

/** Seconds between two flashes. */
export const PERIOD = 2
/** Second of the first flash. */
export const FIRST = 1

const isOn = (shift: number, length: number): string => `lt(mod(t-${FIRST - shift}+${10 * PERIOD},${PERIOD}),${length})`

/** A late track is generated from its start on, so that its flashes or beeps keep their positions. */
const inputs = ({ audioStart = 0, fps, seconds = 8 }: FlashingSource): ReadonlyArray<string> => {
  const videoAt = Math.max(0, -audioStart)
  const audioAt = Math.max(0, audioStart)
  const flash = `if(${isOn(videoAt, 0.2 - 0.01)
    .replaceAll("t", "T")
    .replaceAll("lT", "lt")},235,16)`
  const picture = `color=black:size=160x90:rate=${fps}:duration=${seconds - videoAt},format=yuv420p,geq=lum='${flash}':cb=128:cr=128`
  const tone = `aevalsrc='0.8*sin(2*PI*1000*t)*${isOn(audioAt, 0.1)}':sample_rate=48000:duration=${seconds - audioAt}`
  return [
    ...["-itsoffset", String(videoAt), "-f", "lavfi", "-i", picture],
    ...["-itsoffset", String(audioAt), "-f", "lavfi", "-i", tone]
  ]
}

/** Creates audio with a beep every two seconds, from the first second on, and returns its path. */
export const makeBeeps = (folder: string, name: string, seconds: number): Effect.Effect<string> => {
  const path = join(folder, name)
  const tone = `aevalsrc='0.8*sin(2*PI*1000*t)*${isOn(0, 0.1)}':sample_rate=48000:duration=${seconds}`
  return Effect.as(ffmpeg(["-f", "lavfi", "-i", tone, "-c:a", "aac", "-b:a", "96k", path]), path)
}

/** Creates a picture of the size that a merge requests, and returns its path. */
export const makePicture = (folder: string): Effect.Effect<string> => {
  const path = join(folder, "picture.png")
  return Effect.as(ffmpeg(["-y", "-f", "lavfi", "-i", "testsrc=size=854x480", "-frames:v", "1", path]), path)
}

/** Creates such a source and returns its path. */
export const makeSource = (folder: string, name: string, source: FlashingSource): Effect.Effect<string> => {
  const path = join(folder, `${name}.${source.container ?? "mp4"}`)
  const coding = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-g",
    String(source.fps * 2),
    "-bf",
    source.bFrames === false ? "0" : "3",
    ...(source.isRegular === true ? ["-sc_threshold", "0", "-keyint_min", String(source.fps * 2)] : [])
  ]
  return Effect.as(
    ffmpeg([...inputs(source), "-map", "0:v", "-map", "1:a", ...coding, "-c:a", "aac", "-b:a", "96k", path]),
    path
  )
}
