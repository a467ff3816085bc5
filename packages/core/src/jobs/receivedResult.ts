import { Option, Record as Rec, Schema } from "effect"
import type { ReceivedFile, ReceivedResult } from "../domain/job/ReceivedResult.ts"
import type { AnyJobType } from "./JobType.ts"
import { UploadedFile } from "./UploadedFile.ts"

const received = ({ contentType, filename, path, size }: UploadedFile): ReceivedFile => ({
  path,
  filename: filename ?? null,
  contentType,
  size
})

/** Describes a decoded result, so that it can be read again from the files it came with. */
export const receivedOf = ({ result: schema }: Pick<AnyJobType, "result">, result: unknown): ReceivedResult => {
  const members: Readonly<Record<string, unknown>> = Schema.encodeSync(schema)(result)
  return {
    fields: Rec.filter(members, (value) => !(value instanceof UploadedFile) && value !== undefined),
    files: Rec.filterMap(members, (value) =>
      value instanceof UploadedFile ? Option.some(received(value)) : Option.none()
    )
  }
}
