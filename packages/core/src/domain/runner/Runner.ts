import { Schema } from "effect"
import { RegistrationTokenId, RunnerId, TokenHash } from "../Ids.ts"

/** `A.B.C`, optionally `-rc.N`, `-alpha.N` or `-beta.N`: the version that runners send. */
export const RunnerVersion = Schema.String.pipe(
  Schema.maxLength(50),
  Schema.pattern(/^\d+\.\d+\.\d+(-(rc|alpha|beta)\.\d+)?$/)
)

/** A registered program that takes jobs. */
export const Runner = Schema.Struct({
  id: RunnerId,
  /** Unique among all runners. */
  name: Schema.String,
  description: Schema.OptionFromNullOr(Schema.String),
  tokenHash: TokenHash,
  registrationTokenId: RegistrationTokenId,
  version: Schema.OptionFromNullOr(Schema.String),
  /** The job types that it last requested. None: every type that its version supports. */
  jobTypes: Schema.OptionFromNullOr(Schema.Array(Schema.String)),
  /** The last client address, when the host knows it. */
  ip: Schema.OptionFromNullOr(Schema.String),
  lastContact: Schema.DateTimeUtcFromDate,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type Runner = typeof Runner.Type

/** The fields of a new runner. */
export type NewRunner = Omit<Runner, "id">

/** A secret that lets programs register as runners, any number of them. Removing it removes them. */
export const RegistrationToken = Schema.Struct({
  id: RegistrationTokenId,
  tokenHash: TokenHash,
  /** The last characters of the token, so that people can tell tokens apart. */
  hint: Schema.String,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type RegistrationToken = typeof RegistrationToken.Type
