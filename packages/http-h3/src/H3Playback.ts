import { PlaybackWeb } from "@runner-connector/protocol"
import { Effect } from "effect"
import { H3 } from "h3"
import { contextOf, makeAnswer, quiet } from "./answer.ts"

/** The files of videos for players, as an h3 app. Mount it at the root of the host's app. */
export const app: Effect.Effect<H3, never, PlaybackWeb.PlaybackWeb> = Effect.gen(function* () {
  const web = yield* PlaybackWeb.PlaybackWeb
  const answer = yield* makeAnswer
  const routes = new H3(quiet)
  routes.all(`${web.path}/**`, (event) => answer(event, web.handle(event.req, contextOf(event))))
  return routes
})
