import { Schema } from "effect"
import { JobId } from "../domain/Ids.ts"
import { RunnerVersion } from "../domain/Runner.ts"

/** Text from outside: no NUL, which databases refuse, and no half of a surrogate pair, which UTF-8 cannot carry. */
export const CleanText = Schema.String.pipe(
  Schema.filter((text) => (!text.includes("\u0000") && text.isWellFormed()) || "expected well-formed text without NUL")
)

/** A token as runners send it: 1 to 1000 characters, kept out of every log by its type. */
export const Token = Schema.Redacted(CleanText.pipe(Schema.minLength(1), Schema.maxLength(1000)))

export const RunnerName = CleanText.pipe(Schema.minLength(1), Schema.maxLength(100))
export const RunnerDescription = CleanText.pipe(Schema.minLength(1), Schema.maxLength(1000))
export const Version = RunnerVersion

/**
 * Reasons and error messages. PeerTube refuses empty and long ones, after which the runner's job hangs; so any text is
 * taken, made storable, and cut to 5000 characters.
 */
export const Message = Schema.transform(Schema.String, Schema.String, {
  strict: true,
  decode: (text) => text.replaceAll("\u0000", "\uFFFD").slice(0, 5000).toWellFormed(),
  encode: (text) => text
})

/** 0..100; forms carry it as text. */
export const Progress = Schema.Union(
  Schema.Int,
  Schema.String.pipe(Schema.pattern(/^\d{1,3}$/), Schema.parseNumber)
).pipe(Schema.int(), Schema.between(0, 100))

/** The path parameter of all endpoints about one job. PeerTube makes and takes v4 UUIDs. */
export const JobParams = Schema.Struct({
  jobUUID: Schema.String.pipe(
    Schema.pattern(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i),
    Schema.compose(JobId)
  )
})

/** What proves that a runner holds a job. */
export const HolderTokens = { runnerToken: Token, jobToken: Token }

export const NoParams = Schema.Struct({})
export const NoContent = Schema.Void
