import { Ids } from "@runner-connector/core"
import { Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { RunnerDescription, RunnerName, Token, Version } from "../http/fields.ts"

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
  problems: [404]
})

export const unregister = endpoint({
  name: "unregister",
  method: "POST",
  path: "/api/v1/runners/unregister",
  summary: "Remove the runner that holds this token",
  body: "json",
  request: Schema.Struct({ runnerToken: Token }),
  status: 204,
  problems: [404]
})
