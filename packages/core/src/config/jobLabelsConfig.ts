import { Config, ConfigError, Either, Schema } from "effect"
import { Labels, type LabelsOfTypes } from "../domain/runner/Labels.ts"

const name = "RUNNER_JOB_LABELS"

/** The labels of each type as an application gives them. */
export const JobLabels: Schema.Schema<LabelsOfTypes, LabelsOfTypes> = Schema.Record({
  key: Schema.String,
  value: Labels
})

const decode = Schema.decodeEither(JobLabels)

const example = "expected types with their labels, such as video-transcription=gpu,vod-hls-transcoding=fast+site-berlin"

const parse = (text: string): Either.Either<LabelsOfTypes, ConfigError.ConfigError> => {
  const entries = text.split(",").flatMap((entry): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => {
    const [type = "", labels = ""] = entry.split("=").map((part) => part.trim())
    return entry.trim() === "" ? [] : [[type, labels.split("+").map((label) => label.trim())]]
  })
  return Either.mapLeft(decode(Object.fromEntries(entries)), () => ConfigError.InvalidData([name], example))
}

/** `RUNNER_JOB_LABELS`: the labels that job types require, none when unset. */
export const jobLabelsConfig: Config.Config<LabelsOfTypes> = Config.string(name).pipe(
  Config.withDefault(""),
  Config.mapOrFail(parse),
  Config.withDescription(
    "Default: none. Labels that a runner must have for all new jobs of a type, such as `video-transcription=gpu,vod-hls-transcoding=fast+site-berlin`. See [scheduling](./scheduling.md)."
  )
)
