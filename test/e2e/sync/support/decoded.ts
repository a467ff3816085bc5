import { Array as Arr, Effect, Order } from "effect"
import { ffmpeg } from "./native.ts"
import { PERIOD } from "./sources.ts"

const BRIGHT = 120

/** Seconds at which the picture becomes bright. */
const flashesIn = (out: string): ReadonlyArray<number> => {
  const frames = [...out.matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g)].map(([, time, luma]) => ({
    time: Number(time),
    isBright: Number(luma) > BRIGHT
  }))
  return frames.flatMap(({ isBright, time }, index) =>
    isBright && index > 0 && frames[index - 1]?.isBright === false ? [time] : []
  )
}

/** Seconds at which silence ends. */
const beepsIn = (log: string): ReadonlyArray<number> =>
  [...log.matchAll(/silence_end: (\S+)/g)].map(([, time]) => Number(time))

/** The delay of each beep after the nearest flash, in seconds. A busy browser misses flashes: their beeps do not count. */
export const offsets = (flashes: ReadonlyArray<number>, beeps: ReadonlyArray<number>): ReadonlyArray<number> =>
  beeps.flatMap((beep) => {
    const nearest = flashes.map((flash) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))
    return nearest.slice(0, 1).filter((delay) => Math.abs(delay) <= PERIOD / 2)
  })

/** The median, or NaN without values. */
export const median = (values: ReadonlyArray<number>): number =>
  Arr.sort(values, Order.number)[Math.floor(values.length / 2)] ?? Number.NaN

/**
 * The delay of each beep after its flash, in seconds, decoded by FFmpeg from a file or a URL. Timestamps are those of the
 * packets.
 */
export const decodedOffsets = (input: string): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(
    ffmpeg([
      ...["-v", "info", "-copyts", "-i", input],
      ...["-map", "0:v:0", "-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-"],
      ...["-map", "0:a:0", "-af", "silencedetect=noise=-30dB:duration=0.3"],
      ...["-f", "null", "-"]
    ]),
    ({ log, out }) => offsets(flashesIn(out), beepsIn(log))
  )

/** The median delay. */
export const decodedOffset = (input: string): Effect.Effect<number> => Effect.map(decodedOffsets(input), median)

/**
 * The time from each picture to the next one, as FFmpeg decodes them, in units of the track's timescale. What FFmpeg reports
 * beside them are complaints about the media.
 */
export const decodedPictures = (playlist: string) =>
  Effect.map(
    ffmpeg([
      "-v",
      "error",
      "-i",
      playlist,
      "-map",
      "0:v:0",
      "-vsync",
      "passthrough",
      "-enc_time_base",
      "-1",
      "-f",
      "framecrc",
      "-"
    ]),
    ({ log, out }) => {
      const times = [...out.matchAll(/^0, *\d+, *(\d+),/gm)].map(([, time]) => Number(time))
      return {
        complaints: log.split("\n").filter((line) => line !== ""),
        steps: times.slice(1).map((time, index) => time - (times[index] ?? 0))
      }
    }
  )
