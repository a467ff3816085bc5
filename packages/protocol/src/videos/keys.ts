import { FileKey } from "@runner-connector/core"
import { Schema } from "effect"

/** The folder of uploaded sources. They are not served. */
export const uploadsFolder = "uploads"

/** Whether the key opens a file of that folder, also on a file system that ignores case. */
export const isUpload = (key: string): boolean => FileKey.folded(key).split("/")[0] === uploadsFolder

/** The longest file name, in bytes. */
const MAX_NAME = 255

const encoder = new TextEncoder()

/** Names with a leading dot belong to the storage itself. Longer names exist nowhere. */
export const namesHidden = (key: string): boolean =>
  key.split("/").some((name) => name.startsWith(".") || encoder.encode(name).length > MAX_NAME)

/** The key of a file of the host in a request. */
export const Key: Schema.Schema<string> = Schema.String.pipe(
  Schema.maxLength(1024),
  Schema.filter((key) => !namesHidden(key))
).annotations({ jsonSchema: { type: "string", maxLength: 1024 } })

/** The folder of a video in a request. */
export const Destination: Schema.Schema<string> = Key.pipe(Schema.filter((key) => !isUpload(key))).annotations({
  jsonSchema: { type: "string", maxLength: 1024 }
})

/** A trailing slash of a folder is ignored. The Django original writes one. */
export const asFolder = (destination: string): string => destination.replace(/\/+$/, "")
