import { DateTime, Option, Schema } from "effect"
import { RegistrationTokenId, RunnerId, TokenHash } from "../Ids.ts"
import { RunnerHealth } from "./RunnerHealth.ts"

/** `A.B.C`, optionally `-rc.N`, `-alpha.N` or `-beta.N`: the version that runners send. */
export const RunnerVersion = Schema.String.pipe(
  Schema.maxLength(50),
  Schema.pattern(/^\d+\.\d+\.\d+(-(rc|alpha|beta)\.\d+)?$/)
)

/**
 * Whether a runner gets jobs. A paused one gets none until it is resumed. A draining one gets none either, and can be
 * stopped when its last job has ended.
 */
export const RunnerState = Schema.Literal("active", "paused", "draining")
export type RunnerState = typeof RunnerState.Type

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
  /** Its labels, each once, in alphabetical order. It gets jobs that require no others. */
  labels: Schema.Array(Schema.String),
  state: RunnerState,
  /** How its last attempts ended. */
  health: RunnerHealth,
  /** The last client address, when the host knows it. */
  ip: Schema.OptionFromNullOr(Schema.String),
  lastContact: Schema.DateTimeUtcFromDate,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type Runner = typeof Runner.Type

/** The fields of a new runner. */
export type NewRunner = Omit<Runner, "id">

/** A secret that lets programs register as runners. Removing it removes them. */
export const RegistrationToken = Schema.Struct({
  id: RegistrationTokenId,
  tokenHash: TokenHash,
  /** The last characters of the token, so that people can tell tokens apart. */
  hint: Schema.String,
  /** The labels that its runners get when they register. */
  labels: Schema.Array(Schema.String),
  /** No runner can register from then on. None: never. */
  expiresAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** How many runners can register. None: any number. */
  maxUses: Schema.OptionFromNullOr(Schema.Int),
  /** How many runners have registered, including those that were removed since. */
  uses: Schema.Int,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type RegistrationToken = typeof RegistrationToken.Type

/** Why a registration token lets no more runners register. */
export const spentBy = (
  { expiresAt, maxUses, uses }: Pick<RegistrationToken, "expiresAt" | "maxUses" | "uses">,
  now: DateTime.Utc
): Option.Option<"expired" | "used up"> => {
  if (Option.exists(expiresAt, DateTime.lessThanOrEqualTo(now))) return Option.some("expired")
  return Option.exists(maxUses, (most) => uses >= most) ? Option.some("used up") : Option.none()
}
