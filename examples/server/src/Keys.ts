import { FileKey } from "@runner-connector/core"
import { Schema } from "effect"

/** The folder of uploaded sources. They are not served. */
export const uploadsFolder = "uploads"

/** Whether the key opens a file of that folder, also on a file system that ignores case. */
export const isUpload = (key: string): boolean => FileKey.folded(key).split("/")[0] === uploadsFolder

/** The longest file name, in bytes. */
const MAX_NAME = 255

/** Names with a leading dot belong to the storage itself. Longer names exist nowhere. */
export const namesHidden = (key: string): boolean =>
  key.split("/").some((name) => name.startsWith(".") || Buffer.byteLength(name) > MAX_NAME)

/** The key of a file of the host in a request. */
export const Key: Schema.Schema<string> = Schema.String.pipe(
  Schema.maxLength(1024),
  Schema.filter((key) => !namesHidden(key))
)

/** The folder of a video in a request. */
export const Destination: Schema.Schema<string> = Key.pipe(Schema.filter((key) => !isUpload(key)))
