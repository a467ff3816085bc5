import { type FileKey, FileStorage } from "@runner-connector/core"
import { Schema } from "effect"

/** The bucket does not exist, does not answer, or refuses the credentials. */
export class UnusableBucket extends Schema.TaggedError<UnusableBucket>()("UnusableBucket", {
  bucket: Schema.String,
  /** The service's own name of the fault, such as `AccessDenied`. */
  code: Schema.String,
  cause: Schema.Defect
}) {
  override get message(): string {
    const detail = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `The bucket ${this.bucket} cannot be used as a storage: ${this.code} (${detail})`
  }
}

/** The object was replaced while it was read, so its rest cannot be read any more. The cause of a `FileStorageError`. */
export class ObjectReplaced extends Schema.TaggedError<ObjectReplaced>()("ObjectReplaced", {}) {
  override get message(): string {
    return "The object was replaced while it was read"
  }
}

/** The service ignores the `Range` header. The cause of a `FileStorageError`. */
export class RangesUnsupported extends Schema.TaggedError<RangesUnsupported>()("RangesUnsupported", {}) {
  override get message(): string {
    return "The service does not support requests of a range"
  }
}

/** The answer ended before the object did. The cause of a `FileStorageError` when repeating did not help. */
export class IncompleteAnswer extends Schema.TaggedError<IncompleteAnswer>()("IncompleteAnswer", {
  expected: Schema.Number,
  received: Schema.Number
}) {
  override get message(): string {
    return `The answer ended after ${this.received} of ${this.expected} bytes`
  }
}

/** A local file cannot be read, or has become shorter. The cause of a `FileStorageError`. */
export class FileUnreadable extends Schema.TaggedError<FileUnreadable>()("FileUnreadable", {
  path: Schema.String,
  cause: Schema.Defect
}) {
  override get message(): string {
    const detail = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `The file ${this.path} cannot be read: ${detail}`
  }
}

/** No object can have this key. */
export class KeyTooLong extends Schema.TaggedError<KeyTooLong>()("KeyTooLong", {}) {
  override get message(): string {
    return "The key is longer than the 1024 bytes that an object's key may have"
  }
}

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined

/** The service's name of the fault, or the system's code of a connection that failed. */
export const codeOf = (error: unknown): string => {
  const system = property(error, "code")
  const name = error instanceof Error ? error.name : "Unknown"
  return typeof system === "string" && name === "Error" ? system : name
}

/** The HTTP status of the answer. Undefined when there was none. */
export const statusOf = (error: unknown): number | undefined => {
  const status = property(property(error, "$metadata"), "httpStatusCode")
  return typeof status === "number" ? status : undefined
}

/** Names of faults without an object under the key. No object can have a key that is too long. */
const ABSENT: ReadonlySet<string> = new Set(["NoSuchKey", "NotFound", "KeyTooLong"])

/** Whether there is no object under the key. A missing bucket is another fault. */
export const isAbsent = (error: unknown): boolean => ABSENT.has(codeOf(error))

/** Faults of a request that arrived damaged or late, and of a service under load. */
const REPEATABLE: ReadonlySet<string> = new Set([
  ...["SlowDown", "RequestTimeout", "RequestTimeTooSkewed", "IncompleteBody", "XAmzContentSHA256Mismatch", "BadDigest"],
  ...["InternalError", "ServiceUnavailable", "OperationAborted", "IncompleteAnswer"]
])

/** Faults on this side, before any request. */
const LOCAL: ReadonlySet<string> = new Set([
  "CredentialsProviderError",
  "TokenProviderError",
  "AbortError",
  "FileUnreadable",
  "KeyTooLong",
  "ObjectReplaced",
  "RangesUnsupported"
])

/** Whether the same request may succeed later. */
export const isTransient = (error: unknown): boolean => {
  const status = statusOf(error)
  const code = codeOf(error)
  // A connection can break after the status, so a system code counts more.
  if (REPEATABLE.has(code) || /^E[A-Z]+$/.test(code)) return true
  if (status === undefined) return !LOCAL.has(code)
  // An answer with status 200 whose document cannot be read was cut.
  return status >= 500 || status === 429 || status === 408 || status < 300
}

/** Converts a fault to the port's error. */
export const failed =
  (operation: FileStorage.FileStorageError["operation"], key: FileKey.FileKey) =>
  (cause: unknown): FileStorage.FileStorageError =>
    new FileStorage.FileStorageError({ operation, key, cause })
