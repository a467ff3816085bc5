import { Ids, Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { numberIn } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { RunnerNotFound } from "../http/ProtocolErrors.ts"

export const deleteRunner = endpoint({
  name: "deleteRunner",
  method: "DELETE",
  path: "/api/v1/runners/:runnerId",
  summary: "Remove a runner; its jobs are released at once",
  admin: true,
  params: Schema.Struct({ runnerId: numberIn(Ids.RunnerId) }),
  status: 204,
  problems: [404]
})

/** Answers `deleteRunner`. */
export const handleDeleteRunner: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(deleteRunner, {
      run: ({ params }) =>
        Effect.filterOrFail(
          runners.remove(params.runnerId),
          (existed) => existed,
          () => new RunnerNotFound()
        )
    })
)
