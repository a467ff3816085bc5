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

/** What is to be made of a video, as members of a JSON body. */
export const inJson = fieldsOf(Schema.Boolean)

/** The same as fields of a form, which are texts. */
export const inForm = fieldsOf(Schema.transformLiterals(["true", true], ["false", false]))
