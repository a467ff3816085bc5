import { Option } from "effect"

/** A picture as it will be encoded. */
export interface Picture {
  /** Short side in pixels. */
  readonly resolution: number
  /** Width by height. */
  readonly ratio: number
  readonly fps: number
}

type BitsPerPixel = ReadonlyArray<readonly [resolution: number, bits: number]>

const average: BitsPerPixel = [
  [2160, 0.08],
  [1440, 0.09],
  [1080, 0.1],
  [720, 0.11],
  [480, 0.12],
  [360, 0.15],
  [240, 0.17],
  [144, 0.19]
]
const maximum: BitsPerPixel = [
  [2160, 0.14],
  [1440, 0.16],
  [1080, 0.17],
  [720, 0.19],
  [480, 0.22],
  [360, 0.26],
  [240, 0.29],
  [144, 0.32]
]
const minimum: BitsPerPixel = [[144, 0.02]]

/**
 * The bit rate for this size and frame rate: pixels a second times the bits of one pixel. The fallback when that is 0.
 */
const bitrate =
  (table: BitsPerPixel, fallback: number) =>
  ({ fps, ratio, resolution }: Picture): number => {
    const longSide = ratio < 1 && ratio > 0 ? resolution / ratio : resolution * ratio
    const bits = table.find(([from]) => from <= resolution)?.[1] ?? 0
    return Math.floor(resolution * longSide * fps * bits) || fallback
  }

/** Bits a second of an ordinary video. */
export const averageBitrate: (picture: Picture) => number = bitrate(average, 192_000)

/** Bits a second above which viewers see no difference. */
export const maxBitrate: (picture: Picture) => number = bitrate(maximum, 256_000)

/** Bits a second below which the picture is unusable. */
export const minBitrate: (picture: Picture) => number = bitrate(minimum, 10_000)

const HEADROOM = 1.3

/** The bit rate to encode with: the average, limited by the bit rate of the input, and never below the minimum. */
export const targetBitrate = (picture: Picture, inputBitrate: Option.Option<number>): number => {
  const usual = averageBitrate(picture)
  const wanted = Option.match(inputBitrate, {
    onNone: () => usual,
    onSome: (input) => Math.min(usual, input * HEADROOM)
  })
  return Math.floor(Math.max(minBitrate(picture), wanted))
}
