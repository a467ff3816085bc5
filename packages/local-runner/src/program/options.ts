/** An option of the program. Its name is the same on the command line, in the environment and in the TOML file. */
export interface ProgramOption {
  readonly name: string
  /** Names the value in the help. Options without a value are only on the command line. */
  readonly value?: string
  /** May occur several times. In the environment its values are separated by commas. */
  readonly isList?: boolean
  readonly text: string
}

/** All options, in the order of the help. */
export const options = [
  { name: "url", value: "URL", isList: true, text: "A server. Repeat it to serve several servers." },
  { name: "registration-token", value: "TOKEN", isList: true, text: "One for all servers, or one for each --url." },
  { name: "registration-token-file", value: "FILE", text: "A file with the registration token of all servers." },
  { name: "name", value: "NAME", text: "Unique on each server. The name of this machine by default." },
  { name: "description", value: "TEXT", text: "Shown by the server. Versions and encoder by default." },
  { name: "concurrency", value: "N", text: "Concurrent jobs of all servers together: 2, or 1 with ffmpeg.wasm." },
  { name: "job-types", value: "TYPE", isList: true, text: "Job types to request. All by default." },
  { name: "work-directory", value: "FOLDER", text: "Tokens and files of jobs: ~/.runner-connector-runner." },
  { name: "encoder", value: "ENCODER", text: "libx264, h264_nvenc, h264_vaapi, h264_qsv or h264_videotoolbox." },
  { name: "encoder-device", value: "DEVICE", text: "A render node, or the number of a GPU. The first by default." },
  {
    name: "transcriber",
    value: "COMMAND",
    text: "Contains {input} and {outputDirectory}. No transcription by default."
  },
  { name: "progress-interval", value: "TIME", text: "Interval between progress reports: 60 seconds." },
  { name: "drain-timeout", value: "TIME", text: "Time for running jobs after SIGTERM: 10 minutes." },
  { name: "log-level", value: "LEVEL", text: "debug, info, warning or error. info by default." },
  { name: "log-format", value: "FORMAT", text: "text or json. text by default." },
  { name: "config", value: "FILE", text: "A TOML file with these options, and with [[servers]]." },
  { name: "help", text: "Prints this text." },
  { name: "version", text: "Prints the version." }
] as const satisfies ReadonlyArray<ProgramOption>

export type OptionName = (typeof options)[number]["name"]

/** Does not start with the prefix of a setting of the server, so both can share an environment. */
const PREFIX = "CONNECTOR_RUNNER_"

/** The options that have a value. */
export const valued: ReadonlyArray<ProgramOption> = options.filter((option) => "value" in option)

/** Returns the environment variable of an option. */
export const variableOf = (name: string): string => PREFIX + name.toUpperCase().replaceAll("-", "_")

/** Selects the variables that belong to this program. */
export const isOwnVariable = (name: string): boolean => name.startsWith(PREFIX)

const NAME_WIDTH = 36

/** The text of `--help`. */
export const help: string = [
  "Usage: runner-connector-runner --url URL --registration-token TOKEN [options]",
  "",
  ...options.map((option: ProgramOption) =>
    `  --${option.name}${option.value === undefined ? "" : ` ${option.value}`}`.padEnd(NAME_WIDTH).concat(option.text)
  ),
  "",
  `Each option with a value can also be set in the environment, such as ${variableOf("work-directory")}, or in the`,
  "TOML file. The command line has precedence over the environment, and the environment over the file.",
  "SIGTERM and SIGINT finish the running jobs first. A second signal gives them back to the servers."
].join("\n")
