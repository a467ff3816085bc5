import type { FfmpegCommand, FfprobeCommand, FileNames } from "./Ffmpeg.ts"

/** An input as the engine opens it, by which demuxers, and what those may open in turn. */
export interface NamedInput {
  readonly name: string
  readonly protocols: ReadonlyArray<string>
  readonly demuxers: ReadonlyArray<string>
}

/** More tracks than any recording has. Each costs memory, even when nothing of it is read. */
const MAX_STREAMS = 200

const guard = (input: NamedInput): ReadonlyArray<string> => [
  ...["-protocol_whitelist", input.protocols.join(","), "-format_whitelist", input.demuxers.join(",")],
  ...["-max_streams", `${MAX_STREAMS}`]
]

/** The last `-i` is not always ours: a command may open test sources of its own, which need no guard. */
const guardInputs = (args: ReadonlyArray<string>, inputs: ReadonlyArray<NamedInput>): ReadonlyArray<string> =>
  args.flatMap((argument, at) => {
    const input = argument === "-i" ? inputs.find(({ name }) => name === args[at + 1]) : undefined
    return input === undefined ? [argument] : [...guard(input), argument]
  })

const plainName = /^(?!\.{1,2}$)[^/\\\0]+$/

/** The names of a command's files, where the engine keeps outputs in the folder it calls `outputs`. */
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

/** What follows `ffmpeg -nostdin -y`. */
export const ffmpegArguments = (
  command: FfmpegCommand,
  inputs: ReadonlyArray<NamedInput>,
  outputs: string | undefined
): ReadonlyArray<string> => [
  "-hide_banner",
  ...(command.onProgress === undefined && command.stall === undefined ? [] : ["-nostats", "-progress", "pipe:1"]),
  ...guardInputs(command.arguments(fileNames(inputs, outputs)), inputs)
]

/** The pixels of a picture that FFmpeg may decode: more than any camera makes. */
export const MAX_PIXELS = 16384 * 8192

/** Bytes of address space for a look into a file. An 8K video takes 0.7 GB; a picture of `MAX_PIXELS` as much. */
export const PROBE_MEMORY = 1024 ** 3

/** How ffprobe writes: one document, or a line for each entry, of values alone. */
export type ProbeFormat = "json" | "csv=p=0"

/** What follows `ffprobe`. A single thread, as each has a stack that counts for the limit on memory. */
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
