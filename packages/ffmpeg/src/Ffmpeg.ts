import { Context, type Duration, type Effect, Schema } from "effect"

/** The program ran and said no: the command or the input is at fault. Running it again changes nothing. */
export class FfmpegFailed extends Schema.TaggedError<FfmpegFailed>()("FfmpegFailed", {
  program: Schema.Literal("ffmpeg", "ffprobe"),
  exitCode: Schema.Int,
  /** FFmpeg's own error number and text, when ffprobe reported one. */
  error: Schema.optional(Schema.Struct({ code: Schema.Number, string: Schema.String })),
  /** What it wrote to stderr, at most the last 20 lines. */
  log: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `${this.program} failed (${this.exitCode}): ${this.error?.string ?? this.log.at(-1) ?? "it gave no reason"}`
  }
}

/** The program did no work that can be judged. Says nothing about the command or the input. */
export class FfmpegError extends Schema.TaggedError<FfmpegError>()("FfmpegError", {
  program: Schema.Literal("ffmpeg", "ffprobe"),
  /**
   * `missing`: the program or package is not installed; `timeout`: stopped at the time limit; `crash`: it could not
   * start or died; `source`: an input could not be read, or its server did not answer as it should.
   */
  reason: Schema.Literal("missing", "timeout", "crash", "source"),
  cause: Schema.Defect
}) {
  override get message(): string {
    const cause = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `${this.program} did not do its work (${this.reason}): ${cause}`
  }
}

/**
 * A file of this machine, or an address that answers Range requests. Both are distrusted: only demuxers that read
 * nothing but the input itself are let at it (see `untrustedDemuxers`), so a playlist in disguise opens nothing.
 */
export type MediaInput = ({ readonly path: string } | { readonly url: URL }) & {
  /** Further demuxers that may read this input, such as `srt`; only for what the program wrote itself. */
  readonly demuxers?: ReadonlyArray<string> | undefined
}

/**
 * A stream that is played while it is made, at an address of RTMP (`rtmp:` or `rtmps:`); native FFmpeg alone can. It is
 * over when its server breaks it off, in whatever manner: that is no failure. The address holds the key of the stream,
 * which gets into no error.
 */
export interface LiveInput {
  readonly live: URL
}

/** How a command names its files: the names differ between the engines. */
export interface FileNames {
  /** The name of `inputs[n]`, to stand right after its `-i`. */
  readonly input: (n: number) => string
  /** The name of a file to be written; a plain file name, which will stand in `outputDirectory`. */
  readonly output: (name: string) => string
}

/** When a run of ffmpeg counts as hung. */
export interface StallLimits {
  /** No report for so long: FFmpeg reports twice a second while it works, so it is stopped or hangs. */
  readonly silence: Duration.DurationInput
  /** Reports without any growth of the output for so long. Longer than the part of the input that is skipped takes. */
  readonly standstill: Duration.DurationInput
}

export interface FfmpegCommand {
  readonly inputs: ReadonlyArray<MediaInput | LiveInput>
  /** The command line after `ffmpeg -nostdin -hide_banner -y`. */
  readonly arguments: (names: FileNames) => ReadonlyArray<string>
  /** An existing folder of this machine for the outputs. Needed as soon as `output` is called. */
  readonly outputDirectory?: string | undefined
  /** Receives, now and then and at a good end, how many seconds of output are done. Never two calls at once. */
  readonly onProgress?: ((seconds: number) => Effect.Effect<void>) | undefined
  /** The time limit, counted from the start of the program; none by default. */
  readonly timeout?: Duration.DurationInput | undefined
  /** Ends a run that hangs, with the reason `timeout`; not checked by default. */
  readonly stall?: StallLimits | undefined
  /** Bytes of address space; no limit by default. Enforced for native FFmpeg on Linux only. */
  readonly memoryLimit?: number | undefined
}

export interface FfmpegResult {
  /** What it wrote to stderr, at most the last 20 lines. */
  readonly log: ReadonlyArray<string>
}

export interface FfprobeCommand {
  readonly input: MediaInput | LiveInput
  /** What to show, such as `-show_streams`; the output format and the input are added. */
  readonly arguments: ReadonlyArray<string>
  /** The time limit, counted from the start of the program; none by default. */
  readonly timeout?: Duration.DurationInput | undefined
}

/**
 * ffmpeg and ffprobe, whatever they are made of. Interrupting a call kills its process or worker at once; one call's
 * crash never touches another call.
 */
export class Ffmpeg extends Context.Tag("@runner-connector/ffmpeg/Ffmpeg")<
  Ffmpeg,
  {
    readonly engine: "native" | "wasm"
    /** FFmpeg's own version, such as `5.1.4`. */
    readonly version: string
    /** Runs ffmpeg to its end. After a failure the output directory may hold unfinished files. */
    readonly ffmpeg: (command: FfmpegCommand) => Effect.Effect<FfmpegResult, FfmpegFailed | FfmpegError>
    /** ffprobe's JSON, parsed. A report that holds an `error` member is a failure. */
    readonly ffprobe: (command: FfprobeCommand) => Effect.Effect<unknown, FfmpegFailed | FfmpegError>
    /**
     * Passes ffprobe's output on while it comes, for output that grows with the file, such as `-show_entries packet=pts`:
     * a line for each entry, the values separated by commas. Lines that do not begin with a value may come between.
     */
    readonly ffprobeLines: (
      command: FfprobeCommand,
      onLine: (line: string) => void
    ) => Effect.Effect<void, FfmpegFailed | FfmpegError>
  }
>() {}
