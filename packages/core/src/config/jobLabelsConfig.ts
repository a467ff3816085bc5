import { type Config, Schema } from "effect"
import { Labels, type LabelsOfTypes } from "../domain/runner/Labels.ts"
import { namedValues, namedValuesConfig } from "./namedValues.ts"

/** The labels of each type as an application gives them. */
export const JobLabels: Schema.Schema<LabelsOfTypes, LabelsOfTypes> = namedValues(Schema.NonEmptyString, Labels)

/** `RUNNER_JOB_LABELS`: the labels that job types require, none when unset. */
export const jobLabelsConfig: Config.Config<LabelsOfTypes> = namedValuesConfig("RUNNER_JOB_LABELS", {
  schema: JobLabels,
  split: (entry) => {
    const [type = "", ...labels] = entry.split("=")
    return [
      type.trim(),
      labels
        .join("=")
        .split("+")
        .map((label) => label.trim())
    ]
  },
  expected: "expected types with their labels, such as video-transcription=gpu,vod-hls-transcoding=fast+site-berlin",
  description:
    "Default: none. Labels that a runner must have for all new jobs of a type, such as `video-transcription=gpu,vod-hls-transcoding=fast+site-berlin`. See [scheduling](./scheduling.md)."
})
