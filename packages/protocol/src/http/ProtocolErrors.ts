import { Schema } from "effect"

/** What is wrong with one parameter. The value that was sent is left out: it may be a token. */
export interface InvalidParameter {
  /** Such as `name`, or `jobTypes.0`. */
  readonly path: string
  readonly location: "body" | "params" | "query"
  readonly msg: string
}

/** Parameters are missing or not what they must be. */
export class InvalidParameters extends Schema.TaggedError<InvalidParameters>()("InvalidParameters", {
  parameters: Schema.Array(
    Schema.Struct({ path: Schema.String, location: Schema.Literal("body", "params", "query"), msg: Schema.String })
  )
}) {
  override get message(): string {
    return `Missing or invalid parameters: ${this.parameters.map(({ path }) => path).join(", ")}`
  }
}

/** The body is not what its content type says, or breaks off. */
export class MalformedBody extends Schema.TaggedError<MalformedBody>()("MalformedBody", {
  /** What is wrong, without the values that were sent. */
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The body, or a part of it, is larger than this server takes. */
export class BodyTooLarge extends Schema.TaggedError<BodyTooLarge>()("BodyTooLarge", {
  what: Schema.String,
  /** Bytes. */
  limit: Schema.Number
}) {
  override get message(): string {
    return `${this.what} is larger than ${this.limit} bytes`
  }
}

/** The body is of a type that this server does not read. */
export class UnsupportedBody extends Schema.TaggedError<UnsupportedBody>()("UnsupportedBody", {}) {
  override get message(): string {
    return "The body must be application/json or multipart/form-data, not compressed"
  }
}

/** No endpoint has this path. */
export class UnknownPath extends Schema.TaggedError<UnknownPath>()("UnknownPath", {}) {
  override get message(): string {
    return "There is nothing at this path"
  }
}

/** The path exists, for other methods. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", {
  allowed: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `This path takes ${this.allowed.join(", ")} only`
  }
}

/** The file ends before the range that was asked for. */
export class RangeNotSatisfiable extends Schema.TaggedError<RangeNotSatisfiable>()("RangeNotSatisfiable", {
  /** Bytes of the whole file. */
  size: Schema.Number
}) {
  override get message(): string {
    return `The range lies outside of the ${this.size} bytes of this file`
  }
}

/** The folder for uploads did not do its work: full, gone, or not ours. Trying again later may help. */
export class SpoolError extends Schema.TaggedError<SpoolError>()("SpoolError", {
  operation: Schema.Literal("prepare", "receive"),
  cause: Schema.Defect
}) {
  override get message(): string {
    return `The folder for uploads failed (${this.operation}): check that it exists, is writable and has space left`
  }
}

/** Somebody who is no runner of ours asks more often than strangers may. */
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

/** No runner has this number. Without a code: the one for unknown runners makes a runner give up. */
export class RunnerNotFound extends Schema.TaggedError<RunnerNotFound>()("RunnerNotFound", {}) {
  override get message(): string {
    return "There is no such runner"
  }
}
