import { H3Console, NodeMiddleware } from "@runner-connector/http-h3"
import { ApiWeb } from "@runner-connector/protocol"
import { Effect, Option, Schema } from "effect"
import type { Connector } from "../api/Connector.ts"
import { InvalidOptions } from "../errors/index.ts"
import { MountPath } from "../options/schemas.ts"
import type { Engine } from "../runtime/Engine.ts"
import { load } from "../runtime/optionalPackages.ts"
import { playback } from "./playing.ts"

const invalid = (problem: string): Effect.Effect<never, InvalidOptions> =>
  Effect.fail(
    new InvalidOptions({ message: `The console cannot be served: ${problem}`, details: { problems: [problem] } })
  )

const isPath = Schema.is(MountPath)

/** The pages for a path. They find the API at the path of its option. */
const makeSite = (options: unknown) =>
  Effect.gen(function* () {
    const api = yield* Effect.serviceOption(ApiWeb.ApiWeb)
    if (Option.isNone(api)) return yield* invalid("api: is missing, and the pages of the console use it")
    const path = (options as { readonly path?: unknown } | undefined)?.path
    if (!isPath(path)) return yield* invalid("path: expected a path such as /admin/videos")
    if (path === api.value.path || api.value.owns(path)) return yield* invalid("path: the API has this path already")
    const { make } = yield* load("The console", () => import("@runner-connector/console"))
    const players = yield* playback
    const mediaOrigins = Option.isSome(players) ? yield* players.value.mediaOrigins : []
    return make({ path, api: api.value.path, mediaOrigins })
  })

/** Answers for the pages of the console in the host's server. */
export const consoleOf =
  ({ run }: Engine): Connector["console"] =>
  (options) =>
    run(
      Effect.gen(function* () {
        const site = yield* makeSite(options)
        const owns = (request: Parameters<typeof NodeMiddleware.pathnameOf>[0]) =>
          site.owns(NodeMiddleware.pathnameOf(request))
        const handler = yield* NodeMiddleware.ofApp(yield* H3Console.app(site), owns)
        return { handler, fetch: async (request: Request) => site.handle(request) }
      })
    )
