import { Ids, Runners } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { RunnerDescription, RunnerName, Token, Version } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const register = endpoint({
  name: "register",
  method: "POST",
  path: "/api/v1/runners/register",
  summary: "Register a runner with a registration token",
  body: "json",
  request: Schema.Struct({
    registrationToken: Token,
    name: RunnerName,
    description: Schema.optional(RunnerDescription),
    version: Schema.optional(Version)
  }),
  status: 200,
  response: Schema.Struct({ id: Ids.RunnerId, runnerToken: Token }),
  problems: [403, 404]
})

/** Answers `register`. */
export const handleRegister: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(register, {
      run: ({ body, ip }) =>
        runners
          .register({
            registrationToken: body.registrationToken,
            name: body.name,
            description: Option.fromNullable(body.description),
            version: Option.fromNullable(body.version),
            ip
          })
          .pipe(Effect.map(({ runner, runnerToken }) => ({ id: runner.id, runnerToken })))
    })
)
