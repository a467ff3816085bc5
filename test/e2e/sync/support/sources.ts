import { join } from "node:path"
import { Effect } from "effect"
import { ffmpeg } from "./native.ts"

/** A picture that flashes every second second, from the first second on, and a beep that begins with each flash. */
export interface FlashingSource {
  readonly fps: number
  /** Seconds. */
  readonly seconds?: number
  /** Seconds by which the audio track starts after the video track; negative: before it. */
  readonly audioStart?: number
  readonly bFrames?: boolean
  /** Ending of the file; says the container. */
  readonly container?: "mp4" | "ts" | "mkv"
}

/** Seconds between two flashes. */
export const PERIOD = 2
/** Second of the first flash. */
export const FIRST = 1

const isOn = (shift: number, length: number): string => `lt(mod(t-${FIRST - shift}+${10 * PERIOD},${PERIOD}),${length})`

/** A track that starts late is made from its start on, so that its flashes or beeps stay where they are. */
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

/** Makes such a source; the path of the file. */
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
    source.bFrames === false ? "0" : "3"
  ]
  return Effect.as(
    ffmpeg([...inputs(source), "-map", "0:v", "-map", "1:a", ...coding, "-c:a", "aac", "-b:a", "96k", path]),
    path
  )
}
