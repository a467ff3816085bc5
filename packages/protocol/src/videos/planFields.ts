import { type Transcoding, TranscodingPlan, TranscodingSettings } from "@runner-connector/core"
import { Schema, Struct } from "effect"

const fieldsOf = <F, N>(flag: Schema.Schema<boolean, F>, seconds: Schema.Schema<number, N>) => {
  const optional = Schema.optionalWith(flag, { exact: true })
  const length = Schema.optionalWith(seconds, { exact: true })
  return {
    hls: optional,
    webVideos: optional,
    splitAudio: optional,
    audioMerge: optional,
    keepSource: optional,
    graph: Schema.optionalWith(TranscodingPlan.GraphKind, { exact: true }),
    /** Seconds of most chunks of a film. */
    chunkDuration: length,
    /** Shorter films are not cut. Seconds. */
    chunkMinDuration: length
  }
}

/** The plan of a video as members of a JSON body. */
export const inJson = fieldsOf(Schema.Boolean, TranscodingSettings.ChunkSeconds)

/** The digits of a number. */
const SecondsText = Schema.compose(Schema.NumberFromString, TranscodingSettings.ChunkSeconds)

/** The plan as text fields of a form. */
export const inForm = fieldsOf(Schema.transformLiterals(["true", true], ["false", false]), SecondsText)

const Fields = Schema.Struct(inJson)

/** What the fields ask for, with a storyboard where the host makes them. */
export const asRequest = (fields: typeof Fields.Type, { storyboards }: { readonly storyboards: boolean }) =>
  ({
    plan: { storyboard: storyboards, ...Struct.omit(fields, "chunkDuration", "chunkMinDuration") },
    settings: Struct.pick(fields, "chunkDuration", "chunkMinDuration")
  }) satisfies Pick<Transcoding.TranscodeVideo, "plan" | "settings">
