import { Schema } from "effect"
import { RegistrationTokenId, RunnerId, TokenHash } from "../Ids.ts"

/** `A.B.C`, optionally `-rc.N`, `-alpha.N` or `-beta.N`: what runners send as their version. */
export const RunnerVersion = Schema.String.pipe(
  Schema.maxLength(50),
  Schema.pattern(/^\d+\.\d+\.\d+(-(rc|alpha|beta)\.\d+)?$/)
)

/** A program on somebody's machine that takes jobs from us. */
export const Runner = Schema.Struct({
  id: RunnerId,
  /** Unique among all runners. */
  name: Schema.String,
  description: Schema.OptionFromNullOr(Schema.String),
  tokenHash: TokenHash,
  registrationTokenId: RegistrationTokenId,
  version: Schema.OptionFromNullOr(Schema.String),
  /** The types of jobs that it last asked for; none: every type that its version knows. */
  jobTypes: Schema.OptionFromNullOr(Schema.Array(Schema.String)),
  /** The address it last spoke from, when the host knows it. */
  ip: Schema.OptionFromNullOr(Schema.String),
  lastContact: Schema.DateTimeUtcFromDate,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type Runner = typeof Runner.Type

/** What a store needs to make a runner. */
export type NewRunner = Omit<Runner, "id">

/** Lets the holder of its secret register runners, any number of them. Removing it removes them. */
export const RegistrationToken = Schema.Struct({
  id: RegistrationTokenId,
  tokenHash: TokenHash,
  /** The last characters of the token, by which people tell tokens apart in a list. */
  hint: Schema.String,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type RegistrationToken = typeof RegistrationToken.Type
