import { DisplayText, HostData, UploadedFile } from "@runner-connector/core"
import { Schema } from "effect"
import * as planFields from "./planFields.ts"
import * as schedulingFields from "./schedulingFields.ts"

const File = UploadedFile.UploadedFile.schema.annotations({ jsonSchema: { type: "object" } })

/** The title in a form. Browsers send an empty text for a field that was left empty. */
export const FormTitle = Schema.optional(
  Schema.transform(Schema.String, Schema.UndefinedOr(DisplayText.DisplayText), {
    strict: true,
    decode: (text) => (text === "" ? undefined : text),
    encode: (title) => title ?? ""
  })
)

const facts = {
  /** Absent or empty: the video is shown under the name of its file. */
  title: FormTitle,
  externalId: Schema.optional(HostData.ExternalId),
  /** A JSON object as text. */
  metadata: Schema.optional(
    Schema.compose(Schema.parseJson(), HostData.GivenMetadata).annotations({
      jsonSchema: { type: "string", contentMediaType: "application/json" }
    })
  ),
  ...schedulingFields.inForm,
  ...planFields.inForm
}

const Facts = Schema.Struct(facts)
/** The facts that a client gives about its upload. */
export interface UploadFacts extends Schema.Schema.Type<typeof Facts> {}
/** The same before it is decoded. */
export interface UploadFactFields extends Schema.Schema.Encoded<typeof Facts> {}

/** The text fields of an upload. */
export const UploadFacts: Schema.Schema<UploadFacts, UploadFactFields> = Facts

const Form = Schema.Struct({
  videoFile: File,
  /** The thumbnail, or the picture of an audio file. */
  previewFile: Schema.optional(File),
  ...facts
})
/** An uploaded video with its plan. */
export interface Upload extends Schema.Schema.Type<typeof Form> {}
/** The same before it is decoded. */
export interface UploadFields extends Schema.Schema.Encoded<typeof Form> {}

/** The form of an upload. */
export const UploadForm: Schema.Schema<Upload, UploadFields> = Form
