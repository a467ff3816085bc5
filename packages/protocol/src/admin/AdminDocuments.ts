import { Ids, type Persistence, type Runner } from "@runner-connector/core"
import { DateTime, Option, type Redacted, Schema } from "effect"
import { Moment, Token } from "../http/fields.ts"

/** A part of a list, with the number of all that the list holds. */
export const pageOf = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.Struct({ total: Schema.Int, data: Schema.Array(item) })

/** A page whose items are shown in this way. */
export const page = <A, B>({ data, total }: Persistence.Page<A>, show: (item: A) => B) => ({
  total,
  data: data.map(show)
})

/** A runner as administrators see it. */
export const RunnerDocument = Schema.Struct({
  id: Ids.RunnerId,
  name: Schema.String,
  description: Schema.NullOr(Schema.String),
  ip: Schema.NullOr(Schema.String),
  lastContact: Moment,
  version: Schema.NullOr(Schema.String),
  createdAt: Moment,
  updatedAt: Moment
}).annotations({ identifier: "Runner" })

export const runnerDocument = (runner: Runner.Runner): typeof RunnerDocument.Type => ({
  id: runner.id,
  name: runner.name,
  description: Option.getOrNull(runner.description),
  ip: Option.getOrNull(runner.ip),
  lastContact: DateTime.formatIso(runner.lastContact),
  version: Option.getOrNull(runner.version),
  createdAt: DateTime.formatIso(runner.createdAt),
  updatedAt: DateTime.formatIso(runner.updatedAt)
})

const tokenFields = {
  id: Ids.RegistrationTokenId,
  createdAt: Moment,
  updatedAt: Moment,
  registeredRunnersCount: Schema.Int
}

/** A new registration token; the only document that shows it. */
export const NewTokenDocument = Schema.Struct({ ...tokenFields, registrationToken: Token }).annotations({
  identifier: "NewRegistrationToken"
})

/** A registration token as lists show it: its last characters, by which people tell tokens apart. */
export const TokenDocument = Schema.Struct({ ...tokenFields, registrationToken: Schema.String }).annotations({
  identifier: "RegistrationToken"
})

const tokenMembers = (token: Runner.RegistrationToken, runners: number) => ({
  id: token.id,
  createdAt: DateTime.formatIso(token.createdAt),
  updatedAt: DateTime.formatIso(token.updatedAt),
  registeredRunnersCount: runners
})

export const newTokenDocument = (
  token: Runner.RegistrationToken,
  registrationToken: Redacted.Redacted<string>
): typeof NewTokenDocument.Type => ({ ...tokenMembers(token, 0), registrationToken })

export const tokenDocument = (
  token: Runner.RegistrationToken & { readonly runners: number }
): typeof TokenDocument.Type => ({
  ...tokenMembers(token, token.runners),
  registrationToken: `ptrrt-…${token.hint}`
})
