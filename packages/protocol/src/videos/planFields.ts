import { TranscodingPlan } from "@runner-connector/core"
import { Schema } from "effect"

const fieldsOf = <I>(flag: Schema.Schema<boolean, I>) => {
  const optional = Schema.optionalWith(flag, { exact: true })
  return {
    hls: optional,
    webVideos: optional,
    splitAudio: optional,
    audioMerge: optional,
    keepSource: optional,
    graph: Schema.optionalWith(TranscodingPlan.GraphKind, { exact: true })
  }
}

/** The plan of a video as members of a JSON body. */
export const inJson = fieldsOf(Schema.Boolean)

/** The plan as text fields of a form. */
export const inForm = fieldsOf(Schema.transformLiterals(["true", true], ["false", false]))
