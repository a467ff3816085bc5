import type { FfmpegCommand, FfprobeCommand, FileNames } from "./Ffmpeg.ts"

/** An input for the engine, with the allowed demuxers and protocols. */
export interface NamedInput {
  readonly name: string
  readonly protocols: ReadonlyArray<string>
  readonly demuxers: ReadonlyArray<string>
}

/** More tracks than any real recording has. Every track uses memory, even if FFmpeg does not read it. */
const MAX_STREAMS = 200

const guard = (input: NamedInput): ReadonlyArray<string> => [
  ...["-protocol_whitelist", input.protocols.join(","), "-format_whitelist", input.demuxers.join(",")],
  ...["-max_streams", `${MAX_STREAMS}`]
]

/** Options apply to the next `-i`. A command may also open generated test sources, which need no restrictions. */
const guardInputs = (args: ReadonlyArray<string>, inputs: ReadonlyArray<NamedInput>): ReadonlyArray<string> =>
  args.flatMap((argument, at) => {
    const input = argument === "-i" ? inputs.find(({ name }) => name === args[at + 1]) : undefined
    return input === undefined ? [argument] : [...guard(input), argument]
  })

const plainName = /^(?!\.{1,2}$)[^/\\\0]+$/

/** Creates the file names of a command. `outputs` is the engine's name for the output folder. */
export const fileNames = (inputs: ReadonlyArray<NamedInput>, outputs: string | undefined): FileNames => ({
  input: (n) => {
    const input = inputs[n]
    if (input === undefined) throw new RangeError(`The command has no input ${n}`)
    return input.name
  },
  output: (name) => {
    if (outputs === undefined) throw new TypeError(`The output ${name} needs an outputDirectory`)
    if (!plainName.test(name)) throw new TypeError(`The output ${name} is not a plain file name`)
    return `${outputs}/${name}`
  }
})

/** Builds the arguments that follow `ffmpeg -nostdin -y`. */
export const ffmpegArguments = (
  command: FfmpegCommand,
  inputs: ReadonlyArray<NamedInput>,
  outputs: string | undefined
): ReadonlyArray<string> => [
  "-hide_banner",
  ...(command.onProgress === undefined && command.stall === undefined ? [] : ["-nostats", "-progress", "pipe:1"]),
  ...guardInputs(command.arguments(fileNames(inputs, outputs)), inputs)
]

/** Maximum number of pixels that FFmpeg decodes per picture. Larger than any camera picture. */
export const MAX_PIXELS = 16384 * 8192

/**
 * Limit on the address space in bytes while a file is probed. An 8K video and a picture of `MAX_PIXELS` each need 0.7
 * GB.
 */
export const PROBE_MEMORY = 1024 ** 3

/** The output format of ffprobe: one JSON document, or one line of values per entry. */
export type ProbeFormat = "json" | "csv=p=0"

/**
 * Builds the arguments that follow `ffprobe`. Uses a single thread, because the stack of each thread counts towards the
 * memory limit.
 */
export const ffprobeArguments = (
  command: FfprobeCommand,
  input: NamedInput,
  format: ProbeFormat = "json"
): ReadonlyArray<string> => [
  ...["-hide_banner", "-loglevel", "error", "-threads", "1"],
  ...["-max_alloc", `${PROBE_MEMORY}`, "-max_pixels", `${MAX_PIXELS}`],
  ...guard(input),
  ...(format === "json" ? ["-show_error"] : []),
  ...command.arguments,
  "-of",
  format,
  "-i",
  input.name
]
