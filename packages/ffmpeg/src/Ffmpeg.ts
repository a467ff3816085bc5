import { Context, type Duration, type Effect, Schema } from "effect"

/**
 * The program ran and reported a failure. The command or the input is at fault, so a second run fails in the same way.
 */
export class FfmpegFailed extends Schema.TaggedError<FfmpegFailed>()("FfmpegFailed", {
  program: Schema.Literal("ffmpeg", "ffprobe"),
  exitCode: Schema.Int,
  /** FFmpeg's own error number and text, if ffprobe reported one. */
  error: Schema.optional(Schema.Struct({ code: Schema.Number, string: Schema.String })),
  /** The last lines of stderr, at most 20. */
  log: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `${this.program} failed (${this.exitCode}): ${this.error?.string ?? this.log.at(-1) ?? "no reason given"}`
  }
}

/** The program produced no usable result. This error does not say whether the command or the input is valid. */
export class FfmpegError extends Schema.TaggedError<FfmpegError>()("FfmpegError", {
  program: Schema.Literal("ffmpeg", "ffprobe"),
  /**
   * - `missing`: the program or package is not installed.
   * - `timeout`: the run was stopped at a time limit.
   * - `crash`: the program could not start, or died.
   * - `source`: an input could not be read, or its server gave an invalid response.
   */
  reason: Schema.Literal("missing", "timeout", "crash", "source"),
  cause: Schema.Defect
}) {
  override get message(): string {
    const cause = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `${this.program} did not complete (${this.reason}): ${cause}`
  }
}

/**
 * A local file, or an address that supports Range requests. Both are untrusted: FFmpeg may only use demuxers that read
 * nothing but the input itself (see `untrustedDemuxers`). A disguised playlist therefore cannot open other files.
 */
export type MediaInput = ({ readonly path: string } | { readonly url: URL }) & {
  /**
   * Additional demuxers that may read this input, such as `srt`. Use them only for files that your program wrote
   * itself.
   */
  readonly demuxers?: ReadonlyArray<string> | undefined
}

/**
 * A live RTMP stream (`rtmp:` or `rtmps:`). Only native FFmpeg can play it. The stream ends when its server closes the
 * connection in any way, and this is not a failure. The address contains the stream key, which never appears in an
 * error.
 */
export interface LiveInput {
  readonly live: URL
}

/** Resolves the file names of a command. The names differ between the engines. */
export interface FileNames {
  /** Returns the name of `inputs[n]`. Place it directly after its `-i`. */
  readonly input: (n: number) => string
  /** Returns the name of an output file. `name` must be a plain file name. The file is created in `outputDirectory`. */
  readonly output: (name: string) => string
}

/** The limits after which a run of ffmpeg counts as hung. */
export interface StallLimits {
  /**
   * Maximum time without a progress report. FFmpeg reports twice a second while it works, so a silent process is
   * stopped or hangs.
   */
  readonly silence: Duration.DurationInput
  /**
   * Maximum time with progress reports but without growth of the output. Must be longer than FFmpeg needs to skip the
   * unused start of the input.
   */
  readonly standstill: Duration.DurationInput
}

export interface FfmpegCommand {
  readonly inputs: ReadonlyArray<MediaInput | LiveInput>
  /** Builds the arguments that follow `ffmpeg -nostdin -hide_banner -y`. */
  readonly arguments: (names: FileNames) => ReadonlyArray<string>
  /** An existing local folder for the outputs. Required if `output` is called. */
  readonly outputDirectory?: string | undefined
  /** Receives the number of seconds of finished output, at intervals and at a successful end. Calls never overlap. */
  readonly onProgress?: ((seconds: number) => Effect.Effect<void>) | undefined
  /** The time limit, counted from the start of the program. None by default. */
  readonly timeout?: Duration.DurationInput | undefined
  /** Ends a hung run with the reason `timeout`. Not checked by default. */
  readonly stall?: StallLimits | undefined
  /** Limit on the address space in bytes. None by default. Enforced for native FFmpeg on Linux only. */
  readonly memoryLimit?: number | undefined
  /** Native FFmpeg gets a lower priority than other programs. False by default. */
  readonly isBackground?: boolean | undefined
}

export interface FfmpegResult {
  /** The last lines of stderr, at most 20. */
  readonly log: ReadonlyArray<string>
}

export interface FfprobeCommand {
  readonly input: MediaInput | LiveInput
  /** The sections to show, such as `-show_streams`. The output format and the input are added. */
  readonly arguments: ReadonlyArray<string>
  /** The time limit, counted from the start of the program. None by default. */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * Runs ffmpeg and ffprobe, independent of the engine. Interruption kills the process of a call at once. A
 * crash in one call never affects another call.
 */
export class Ffmpeg extends Context.Tag("@runner-connector/ffmpeg/Ffmpeg")<
  Ffmpeg,
  {
    readonly engine: "native" | "wasm"
    /** FFmpeg's own version, such as `5.1.4`. */
    readonly version: string
    /** Runs ffmpeg to its end. After a failure the output directory may contain unfinished files. */
    readonly ffmpeg: (command: FfmpegCommand) => Effect.Effect<FfmpegResult, FfmpegFailed | FfmpegError>
    /** Returns the parsed JSON report of ffprobe. Fails if the report contains an `error` member. */
    readonly ffprobe: (command: FfprobeCommand) => Effect.Effect<unknown, FfmpegFailed | FfmpegError>
    /**
     * Streams the output of ffprobe line by line. Use it when the output grows with the file, such as `-show_entries
     * packet=pts`. Each entry is one line of values separated by commas. Ignore lines that do not start with a value.
     */
    readonly ffprobeLines: (
      command: FfprobeCommand,
      onLine: (line: string) => void
    ) => Effect.Effect<void, FfmpegFailed | FfmpegError>
  }
>() {}
