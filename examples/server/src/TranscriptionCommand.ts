import { LocalRunner } from "@runner-connector/local-runner"
import { Config, ConfigError, Either, Option } from "effect"

const NAME = "LOCAL_RUNNER_TRANSCRIPTION"

/** The transcription program from its command line. Blanks alone count as unset. */
export const transcription: Config.Config<Option.Option<LocalRunner.Transcriber>> = Config.option(
  Config.withDescription(Config.string(NAME), "Command of a transcription program such as Whisper. See below.")
).pipe(
  Config.mapOrFail((line) =>
    Option.match(
      Option.filter(line, (text) => text.trim() !== ""),
      {
        onNone: () => Either.right(Option.none()),
        onSome: (text) =>
          Either.mapBoth(LocalRunner.parseTranscriber(text), {
            onLeft: (problem) => ConfigError.InvalidData([NAME], problem),
            onRight: Option.some
          })
      }
    )
  )
)
