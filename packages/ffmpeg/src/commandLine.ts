import type { FfmpegCommand, FfprobeCommand, FileNames } from "./Ffmpeg.ts"

/** An input as the engine opens it, by which demuxers, and what those may open in turn. */
export interface NamedInput {
  readonly name: string
  readonly protocols: ReadonlyArray<string>
  readonly demuxers: ReadonlyArray<string>
}

const guard = (input: NamedInput): ReadonlyArray<string> => [
  "-protocol_whitelist",
  input.protocols.join(","),
  "-format_whitelist",
  input.demuxers.join(",")
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
  ...(command.onProgress === undefined ? [] : ["-nostats", "-progress", "pipe:1"]),
  ...guardInputs(command.arguments(fileNames(inputs, outputs)), inputs)
]

/** What follows `ffprobe`. */
export const ffprobeArguments = (command: FfprobeCommand, input: NamedInput): ReadonlyArray<string> => [
  "-hide_banner",
  "-loglevel",
  "error",
  ...guard(input),
  "-show_error",
  ...command.arguments,
  "-of",
  "json",
  "-i",
  input.name
]
