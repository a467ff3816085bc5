import { Runners } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { documenting, type Handler, type Reception } from "../http/Handler.ts"
import * as RunnerEndpoints from "./RunnerEndpoints.ts"

/** How runners come and go. */
export const make = (reception: Reception): Effect.Effect<Readonly<Record<string, Handler>>, never, Runners.Runners> =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners

    const register = documenting(reception, RunnerEndpoints.register, {
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

    const unregister = documenting(reception, RunnerEndpoints.unregister, {
      run: ({ body }) => runners.unregister(body.runnerToken)
    })

    return { register, unregister }
  })
