import { H3Api, H3Playback, type NodeMiddleware } from "@runner-connector/http-h3"
import { ApiWeb, PlaybackWeb } from "@runner-connector/protocol"
import { Effect, Option } from "effect"
import * as Uploads from "../runtime/uploads.ts"
import { playback } from "./playing.ts"

/** Answers a web request. */
type Handle = ApiWeb.ApiWeb["Type"]["handle"]

/** Routes of one service. */
interface Group {
  readonly owns: (pathname: string) => boolean
  readonly app: Effect.Effect.Success<typeof H3Api.app>
  readonly handle: Handle
}

type Groups = Effect.Effect<ReadonlyArray<Group>>

/** The routes for players, if they are served. */
const playing: Groups = Effect.gen(function* () {
  const web = yield* playback
  if (Option.isNone(web)) return []
  const { handle, path } = web.value
  const app = yield* Effect.provideService(H3Playback.app, PlaybackWeb.PlaybackWeb, web.value)
  return [{ owns: (pathname: string) => pathname.startsWith(`${path}/`), app, handle }]
})

/** The routes of the console's API, if they are served. */
const api: Groups = Effect.gen(function* () {
  const web = yield* Effect.serviceOption(ApiWeb.ApiWeb)
  if (Option.isNone(web)) return []
  const { handle, owns } = web.value
  return [{ owns, app: yield* H3Api.appOf(web.value), handle }]
})

/** The routes of resumable uploads, if they are received. */
const uploads: Groups = Effect.gen(function* () {
  const web = yield* Uploads.service
  if (Option.isNone(web)) return []
  const { handle, owns } = web.value
  return [{ owns, app: yield* H3Api.appOf(web.value), handle }]
})

/** The routes beside the runner API. */
export interface Routes extends NodeMiddleware.Options {
  /** The handler of a path. Undefined when none of these routes has it. */
  readonly handlerOf: (pathname: string) => Handle | undefined
}

/** The routes of the services that the options have started. Those of uploads precede those of videos. */
export const makeRoutes: Effect.Effect<Routes> = Effect.map(Effect.all([playing, uploads, api]), (all) => {
  const groups = all.flat()
  const handlerOf = (pathname: string) => groups.find(({ owns }) => owns(pathname))?.handle
  return {
    handlerOf,
    owns: (pathname) => handlerOf(pathname) !== undefined,
    app: (root) => {
      for (const { app } of groups) root.mount("/", app)
    }
  }
})
