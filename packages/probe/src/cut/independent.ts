import type { Mp4Samples } from "@runner-connector/core"
import type { FfmpegError, InputBytes } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import type { UnitTypes } from "./codecs.ts"

/** Bytes that are read at a time. Parameter sets and messages stand before the picture. */
const WINDOW = 512

/** More units than any encoder writes before a picture. */
const MAX_UNITS = 64

interface Format {
  readonly types: UnitTypes
  /** Bytes of the length before each unit. */
  readonly unitLength: number
}

const lengthAt = (bytes: Uint8Array, at: number, width: number): number =>
  bytes.subarray(at, at + width).reduce((length, byte) => length * 256 + byte, 0)

/** Whether the picture of a sample begins an independent group, by its first unit. Undefined if the sample has none. */
export const isIndependent = (
  { read }: InputBytes.InputBytes,
  { size, start }: Mp4Samples.Sample,
  { types, unitLength }: Format
): Effect.Effect<boolean | undefined, FfmpegError> =>
  Effect.gen(function* () {
    const end = start + size
    let window: { readonly start: number; readonly bytes: Uint8Array } = { start, bytes: new Uint8Array() }
    let at = start
    for (let units = 0; units < MAX_UNITS && at + unitLength < end; units++) {
      const isRead = at + unitLength < window.start + window.bytes.length
      if (!isRead) window = { start: at, bytes: yield* read(at, Math.min(end, at + WINDOW)) }
      const offset = at - window.start
      const length = lengthAt(window.bytes, offset, unitLength)
      const type = types.of(window.bytes[offset + unitLength] ?? 0)
      if (length === 0 || at + unitLength + length > end) return undefined
      if (type >= types.firstOfPicture && type <= types.lastOfPicture) {
        return type >= types.firstIndependent && type <= types.lastIndependent
      }
      at += unitLength + length
    }
    return undefined
  })
