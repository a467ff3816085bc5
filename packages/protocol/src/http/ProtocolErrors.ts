import { Schema } from "effect"

/** Describes one invalid parameter. Leaves out the value, which may be a token. */
export interface InvalidParameter {
  /** Such as `name`, or `jobTypes.0`. */
  readonly path: string
  readonly location: "body" | "params" | "query"
  readonly msg: string
}

/** Parameters are missing or invalid. */
export class InvalidParameters extends Schema.TaggedError<InvalidParameters>()("InvalidParameters", {
  parameters: Schema.Array(
    Schema.Struct({ path: Schema.String, location: Schema.Literal("body", "params", "query"), msg: Schema.String })
  )
}) {
  override get message(): string {
    return `Missing or invalid parameters: ${this.parameters.map(({ path }) => path).join(", ")}`
  }
}

/** The body does not match its content type, or breaks off. */
export class MalformedBody extends Schema.TaggedError<MalformedBody>()("MalformedBody", {
  /** A sentence without values from the request. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The body, or a part of it, exceeds a limit. */
export class BodyTooLarge extends Schema.TaggedError<BodyTooLarge>()("BodyTooLarge", {
  what: Schema.String,
  /** Bytes. */
  limit: Schema.Number
}) {
  override get message(): string {
    return `${this.what} is larger than ${this.limit} bytes`
  }
}

/** The body comes too slowly, or not at all. */
export class BodyStalled extends Schema.TaggedError<BodyStalled>()("BodyStalled", {}) {
  override get message(): string {
    return "The body arrives too slowly"
  }
}

/** This process holds too many bytes of unauthenticated requests. */
export class Overloaded extends Schema.TaggedError<Overloaded>()("Overloaded", {}) {
  override get message(): string {
    return "The server receives too many unauthenticated requests at the moment"
  }
}

/** The process receives as many uploads as its memory allows. */
export class TooManyUploads extends Schema.TaggedError<TooManyUploads>()("TooManyUploads", {}) {
  override get message(): string {
    return "The server receives too many uploads at the moment: try again"
  }
}

/** Another request writes to the file of the upload. */
export class UploadLocked extends Schema.TaggedError<UploadLocked>()("UploadLocked", {}) {
  override get message(): string {
    return "Another request about this upload has not ended: try again"
  }
}

/** This process keeps as many streams of events open as it may. */
export class TooManyStreams extends Schema.TaggedError<TooManyStreams>()("TooManyStreams", {}) {
  override get message(): string {
    return "Too many streams of events are open"
  }
}

/** The body is of a type that this server does not read. */
export class UnsupportedBody extends Schema.TaggedError<UnsupportedBody>()("UnsupportedBody", {}) {
  override get message(): string {
    return "The body must be application/json or multipart/form-data, not compressed"
  }
}

/** Middleware of the host has read the body. The host is at fault, and only its log tells the remedy. */
export class BodyConsumed extends Schema.TaggedError<BodyConsumed>()("BodyConsumed", {
  /** How the host avoids this. */
  advice: Schema.String
}) {
  override get message(): string {
    return this.advice
  }
}

/** No endpoint has this path. */
export class UnknownPath extends Schema.TaggedError<UnknownPath>()("UnknownPath", {}) {
  override get message(): string {
    return "There is nothing at this path"
  }
}

/** The path exists for other methods. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", {
  allowed: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `This path takes ${this.allowed.join(", ")} only`
  }
}

/** The file ends before the requested range. */
export class RangeNotSatisfiable extends Schema.TaggedError<RangeNotSatisfiable>()("RangeNotSatisfiable", {
  /** Bytes of the whole file. */
  size: Schema.Number
}) {
  override get message(): string {
    return `The range lies outside of the ${this.size} bytes of this file`
  }
}

/** The folder for uploads is full, missing or not writable. A later attempt may succeed. */
export class SpoolError extends Schema.TaggedError<SpoolError>()("SpoolError", {
  operation: Schema.Literal("prepare", "receive"),
  cause: Schema.Defect
}) {
  override get message(): string {
    return `The folder for uploads failed (${this.operation}): check that it exists, is writable and has space left`
  }
}

/** An address sends too many unauthenticated requests. */
export class TooManyRequests extends Schema.TaggedError<TooManyRequests>()("TooManyRequests", {
  /** Seconds. */
  retryAfter: Schema.Number
}) {
  override get message(): string {
    return "Too many requests from this address. Please try again later."
  }
}

/** A page of another origin has sent a request that changes something. */
export class CrossOriginRequest extends Schema.TaggedError<CrossOriginRequest>()("CrossOriginRequest", {}) {
  override get message(): string {
    return "Pages of other origins may not change anything on this server"
  }
}

/** The `Host` of the request is none of the server's names. */
export class UnknownHost extends Schema.TaggedError<UnknownHost>()("UnknownHost", {}) {
  override get message(): string {
    return "This server does not answer for the host that the request names. Use its public URL."
  }
}

/** No runner has this number. It has no code, because the code for unknown runners makes a runner unregister. */
export class RunnerNotFound extends Schema.TaggedError<RunnerNotFound>()("RunnerNotFound", {}) {
  override get message(): string {
    return "There is no such runner"
  }
}
