import { Ids, type Runner } from "@runner-connector/core"
import { DateTime, Option, Schema } from "effect"
import { Moment } from "../http/fields.ts"

/** The members of every document about a registration token. */
export const tokenFields = {
  id: Ids.RegistrationTokenId,
  createdAt: Moment,
  updatedAt: Moment,
  /** The labels that its runners get. */
  labels: Schema.Array(Schema.String),
  /** No runner can register from then on. */
  expiresAt: Schema.NullOr(Moment),
  /** How many runners can register. */
  maxUses: Schema.NullOr(Schema.Int),
  /** How many runners have registered, including those that were removed since. */
  uses: Schema.Int,
  registeredRunnersCount: Schema.Int
}

/** Fills `tokenFields`. */
export const tokenMembers = (token: Runner.RegistrationToken, runners: number) => ({
  id: token.id,
  createdAt: DateTime.formatIso(token.createdAt),
  updatedAt: DateTime.formatIso(token.updatedAt),
  labels: token.labels,
  expiresAt: Option.getOrNull(Option.map(token.expiresAt, DateTime.formatIso)),
  maxUses: Option.getOrNull(token.maxUses),
  uses: token.uses,
  registeredRunnersCount: runners
})
