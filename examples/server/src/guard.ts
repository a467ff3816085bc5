import { RunnerWeb } from "@runner-connector/protocol"
import { Effect } from "effect"
import { AdminAccess } from "./AdminAccess.ts"

type Check = ReturnType<RunnerWeb.RunnerWeb["Type"]["checkAdministrator"]>
type Refusal = Effect.Effect.Error<Check>

/** The services that recognise administrators. */
export type Guards = AdminAccess | RunnerWeb.RunnerWeb

/** Passes for the holder of the administrator's token. */
export const requireAdministrator = (
  request: Request,
  client: RunnerWeb.RequestContext
): Effect.Effect<void, Refusal, RunnerWeb.RunnerWeb> =>
  Effect.flatMap(RunnerWeb.RunnerWeb, (web) => web.checkAdministrator(request, client))

/** Passes for clients that may list and change videos: the administrator, or everybody when the operator has set no token. */
export const guard = (request: Request, client: RunnerWeb.RequestContext): Effect.Effect<void, Refusal, Guards> =>
  Effect.flatMap(AdminAccess, ({ protectsVideos }) =>
    protectsVideos ? requireAdministrator(request, client) : Effect.void
  )

/** Whether `guard` passes. */
export const mayChange = (
  request: Request,
  client: RunnerWeb.RequestContext
): Effect.Effect<boolean, Exclude<Refusal, { readonly _tag: "Unauthorized" | "Forbidden" }>, Guards> =>
  guard(request, client).pipe(
    Effect.as(true),
    Effect.catchTags({ Unauthorized: () => Effect.succeed(false), Forbidden: () => Effect.succeed(false) })
  )

/** Whether the client may read logs. A wrong token is no error here: without `ADMIN_TOKEN` everybody reads the rest. */
export const isAdministrator = (
  request: Request,
  client: RunnerWeb.RequestContext
): Effect.Effect<boolean, never, RunnerWeb.RunnerWeb> => Effect.isSuccess(requireAdministrator(request, client))
