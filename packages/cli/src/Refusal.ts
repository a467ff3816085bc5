import { ParseResult, Schema } from "effect"

/** A command cannot be executed. The message gives the reason. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { message: Schema.String }) {}

/** An error of the connector as a refusal. The messages of some errors are sentences, and others have no full stop. */
export const refusal = ({ message }: { readonly message: string }): Refusal =>
  new Refusal({ message: message.endsWith(".") ? message : `${message}.` })

/** Options that a schema rejects, each with its reason in a line. */
export const refusedInput = (error: ParseResult.ParseError): Refusal =>
  new Refusal({
    message: ParseResult.ArrayFormatter.formatErrorSync(error)
      .map(({ message, path }) => [path.join("."), message].filter((part) => part !== "").join(": "))
      .join("\n")
  })

type Refusals<Tag extends string> = Readonly<Record<Tag, typeof refusal>>

/** The errors of every new job for a video, as refusals. */
export const workRefusals: Refusals<"MissingInput" | "UnusableMedia" | "VideoBusy" | "VideoNotReady"> = {
  MissingInput: refusal,
  UnusableMedia: refusal,
  VideoBusy: refusal,
  VideoNotReady: refusal
}

/** The errors of every retry, as refusals. */
export const retryRefusals: Refusals<
  "JobNotRetryable" | "JobSuperseded" | "ParentNotCompleted" | "VideoNotTranscodable"
> = {
  JobNotRetryable: refusal,
  JobSuperseded: refusal,
  ParentNotCompleted: refusal,
  VideoNotTranscodable: refusal
}
