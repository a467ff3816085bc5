import { Ids, type Runner } from "@runner-connector/core"
import { DateTime, Schema } from "effect"
import { Moment } from "../http/fields.ts"

/** The members of every document about a registration token. */
export const tokenFields = {
  id: Ids.RegistrationTokenId,
  createdAt: Moment,
  updatedAt: Moment,
  registeredRunnersCount: Schema.Int
}

/** Fills `tokenFields`. */
export const tokenMembers = (token: Runner.RegistrationToken, runners: number) => ({
  id: token.id,
  createdAt: DateTime.formatIso(token.createdAt),
  updatedAt: DateTime.formatIso(token.updatedAt),
  registeredRunnersCount: runners
})
