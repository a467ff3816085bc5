import { Ids, RunnerSettings, Runners } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { numberIn } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { RunnerNotFound } from "../http/ProtocolErrors.ts"
import { RunnerDocument, runnerDocument } from "./runnerDocument.ts"

export const updateRunner = endpoint({
  name: "updateRunner",
  method: "PATCH",
  path: "/api/v1/runners/:runnerId",
  summary: "Rename, label, pause, drain or resume a runner; its jobs in hand continue",
  admin: true,
  params: Schema.Struct({ runnerId: numberIn(Ids.RunnerId) }),
  body: "json",
  request: RunnerSettings.RunnerSettings,
  status: 200,
  response: RunnerDocument,
  problems: [404]
})

/** Answers `updateRunner`. */
export const handleUpdateRunner: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(updateRunner, {
      run: ({ body, params }) =>
        Effect.flatMap(
          runners.update(params.runnerId, body),
          Option.match({
            onNone: () => new RunnerNotFound(),
            onSome: (runner) => Effect.succeed(runnerDocument(runner))
          })
        )
    })
)
