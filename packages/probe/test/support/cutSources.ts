import { readFileSync, writeFileSync } from "node:fs"
import { FastCheck as fc } from "effect"
import { film, filmWithSound, run } from "./films.ts"

/** How a film is encoded and written. */
export interface CutSource {
  readonly codec: "h264" | "hevc"
  readonly bframes: number
  readonly isOpen: boolean
  /** Pictures from one keyframe to the next. 1: no other pictures. */
  readonly group: number
  readonly isIrregular: boolean
  readonly fps: number
  readonly sound: number
  /** Options of the MP4 muxer. */
  readonly flags: string
  /** Seconds before the first picture, which become an empty edit. */
  readonly delay: number
  readonly container: "mp4" | "mov"
}

/** Those of any encoder and muxer for which tables may be read. */
export const aCutSource: fc.Arbitrary<CutSource> = fc.record({
  codec: fc.constantFrom("h264", "h264", "hevc"),
  bframes: fc.integer({ min: 0, max: 4 }),
  isOpen: fc.boolean(),
  group: fc.constantFrom(1, 7, 12, 25, 60),
  isIrregular: fc.boolean(),
  fps: fc.constantFrom(10, 25, 30),
  sound: fc.constantFrom(0, 3, 8, 11),
  flags: fc.constantFrom("", "+faststart", "+negative_cts_offsets", "+faststart+negative_cts_offsets"),
  delay: fc.constantFrom(0, 0, 0.7),
  container: fc.constantFrom("mp4", "mov")
})

const SECONDS = 8

const encoder = ({ bframes, codec, group, isOpen }: CutSource): ReadonlyArray<string> => {
  const common = `keyint=${group}:min-keyint=${Math.min(group, 5)}:bframes=${bframes}:open-gop=${isOpen ? 1 : 0}`
  return codec === "h264"
    ? ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", `${common}:threads=1`]
    : ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", `${common}:log-level=error:pools=1`]
}

/** Times to which nobody rounds, and a pause. */
const irregular = "settb=1/1000,setpts=if(mod(N\\,3)\\,PTS\\,PTS+13)+if(gt(N\\,40)\\,700\\,0)"

const writing = ({ delay, flags, fps, isIrregular }: CutSource): ReadonlyArray<string> => [
  ...["-vf", isIrregular ? `fps=${fps},${irregular}` : `fps=${fps}`, "-fps_mode", "passthrough"],
  ...(isIrregular ? ["-enc_time_base", "1:1000"] : []),
  ...(flags === "" ? [] : ["-movflags", flags]),
  ...(delay === 0 ? [] : ["-output_ts_offset", String(delay)])
]

/** Makes the film. */
export const makeCutSource = (path: string, source: CutSource): string => {
  const args = [...encoder(source), ...writing(source)]
  if (source.sound === 0) return film(path, SECONDS, ...args)
  return filmWithSound(path, SECONDS, ...args, "-af", `atrim=0:${source.sound},apad=whole_dur=${source.sound}`)
}

/** Writes a copy of a file in which the first occurrence of some bytes is changed. */
export const patched = (from: string, to: string, box: string, change: (bytes: Buffer, at: number) => void): string => {
  const bytes = readFileSync(from)
  const at = bytes.indexOf(box, 0, "latin1")
  if (at < 0) throw new Error(`There is no ${box}`)
  change(bytes, at)
  writeFileSync(to, bytes)
  return to
}

/** Copies a film with other options of the muxer or demuxer. */
export const remuxed = (from: string, to: string, before: ReadonlyArray<string>, ...after: ReadonlyArray<string>) => {
  run(...before, "-i", from, "-c", "copy", ...after, to)
  return to
}
