import { join } from "node:path"
import { type CannotCut, type ChunkPlan, CutScan, type MediaCutter } from "@runner-connector/core"
import { Ffmpeg, FfmpegError, type FfmpegFailed } from "@runner-connector/ffmpeg"
import { type Duration, Effect, type Either, type Scope } from "effect"
import { temporaryFolder } from "../temporaryFolder.ts"
import { unitTypesOf } from "./codecs.ts"
import { linesOf, type Packet, parsePacket, parseTimeBase } from "./packetLines.ts"

const PACKETS = "packets.txt"
const INDEPENDENT = "independent.txt"

/** Lists all packets of the track, and those that begin an independent group. The timestamps are those of the cut. */
const listing = ({ codec, track }: MediaCutter.CutInput, output: (name: string) => string): ReadonlyArray<string> => {
  const types = unitTypesOf(codec)
  const copy = ["-map", `0:${track}`, "-c", "copy", "-copyinkf"]
  const independent =
    types === undefined
      ? []
      : [
          ...copy,
          "-bsf:v",
          `filter_units=pass_types=${types.firstIndependent}-${types.lastIndependent}`,
          "-f",
          "framecrc",
          output(INDEPENDENT)
        ]
  return [...copy, "-f", "framecrc", output(PACKETS), ...independent]
}

async function* packetsOf(path: string): AsyncGenerator<Packet> {
  for await (const line of linesOf(path)) {
    const packet = parsePacket(line)
    if (packet !== undefined) yield packet
  }
}

/** Units a second, which stand before the first packet. */
const secondOf = async (path: string): Promise<number> => {
  for await (const line of linesOf(path)) {
    const second = parseTimeBase(line)
    if (second !== undefined) return second
    if (parsePacket(line) !== undefined) break
  }
  throw new Error("The list of packets has no time base")
}

/** Reads both lists side by side, in memory that does not grow with them. */
const scan = async (
  folder: string,
  hasIndependent: boolean
): Promise<Either.Either<ChunkPlan.CutSource, CannotCut>> => {
  const found = CutScan.make(await secondOf(join(folder, PACKETS)))
  const independent = hasIndependent ? packetsOf(join(folder, INDEPENDENT)) : undefined
  let next = await independent?.next()
  for await (const { isKey, ...packet } of packetsOf(join(folder, PACKETS))) {
    const isMarked = next?.done === false && next.value.dts === packet.dts
    if (isMarked) next = await independent?.next()
    found.add({ ...packet, isIndependent: isKey && (independent === undefined || isMarked) })
  }
  return found.result()
}

/** Looks for the cut points of a track by two lists of its packets, which FFmpeg writes while it reads the file once. */
export const byPackets = (
  input: MediaCutter.CutInput,
  { timeout, until }: { readonly timeout: Duration.DurationInput; readonly until: number | undefined }
): Effect.Effect<ChunkPlan.CutSource, CannotCut | FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const outputDirectory = yield* temporaryFolder("cut")
    yield* ffmpeg({
      inputs: [{ path: input.path }],
      ...{ outputDirectory, timeout },
      arguments: (names) => [
        ...["-copyts", ...(until === undefined ? [] : ["-t", String(until)])],
        ...["-i", names.input(0), ...listing(input, names.output)]
      ]
    })
    const result = yield* Effect.tryPromise({
      try: () => scan(outputDirectory, unitTypesOf(input.codec) !== undefined),
      catch: (cause) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })
    })
    return yield* result
  })
