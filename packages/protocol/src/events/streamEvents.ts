import { ConnectorEvents, Event, EventCursor, EventStore } from "@runner-connector/core"
import { Effect, Option, Schedule, Schema, Stream } from "effect"
import { ApiHost } from "../api/ApiHost.ts"
import { passes } from "../http/AdminGuard.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, respondWith } from "../http/Handler.ts"
import { Reception } from "../http/Reception.ts"
import { makeBodies } from "./bodies.ts"
import { framesOf, heartbeatFrame, readyFrame } from "./frames.ts"
import { makeProgress, type ProgressNeeds } from "./progress.ts"

const HEARTBEAT = "15 seconds"

export const streamEvents = endpoint({
  name: "streamEvents",
  method: "GET",
  path: "/events",
  summary: "Follow the events of videos, jobs and runners, resumed by `Last-Event-ID`",
  manages: true,
  query: Schema.Struct({
    /** The position of the last known event, for clients that cannot send `Last-Event-ID`. */
    after: Schema.optional(EventCursor.EventCursor),
    typeOneOf: Schema.optional(Schema.ArrayEnsure(Event.EventType))
  }),
  status: 200,
  isStream: true
})

/** Where the client continues. A malformed header is ignored, because browsers would never connect again after an error. */
const resumedFrom = (request: Request, after: EventCursor.EventCursor | undefined) =>
  Schema.decodeUnknownOption(EventCursor.EventCursor)(request.headers.get("last-event-id")).pipe(
    Option.orElse(() => Option.fromNullable(after))
  )

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Some proxies collect answers otherwise.
  "x-accel-buffering": "no"
}

const heartbeats = Stream.as(Stream.fromSchedule(Schedule.spaced(HEARTBEAT)), heartbeatFrame)

/** How often an open stream checks that its client is still an administrator. */
const CHECK_INTERVAL = "15 seconds"

/** Completes after the administrator has signed out, or the session or the account has ended. */
const untilRefused = <E>(isAdministrator: Effect.Effect<boolean, E>): Effect.Effect<void> =>
  // While nobody can tell, the stream continues.
  Effect.orElseSucceed(isAdministrator, () => true).pipe(
    Effect.delay(CHECK_INTERVAL),
    Effect.repeat({ while: (isSame) => isSame }),
    Effect.asVoid
  )

/** The end of the stream makes browsers connect again, to a server that works. */
const endingWith = <E>(frames: Stream.Stream<string, E>, until: Effect.Effect<void>) =>
  frames.pipe(
    Stream.interruptWhen(until),
    Stream.catchAllCause((cause) =>
      Stream.drain(Stream.fromEffect(Effect.logWarning("A stream of events has ended", cause)))
    )
  )

/** Answers `streamEvents`. Nothing is read ahead of the client, so a slow one holds no memory. */
export const handleStreamEvents: Effect.Effect<
  Handler,
  never,
  Reception | ApiHost | ConnectorEvents.ConnectorEvents | EventStore.EventStore | ProgressNeeds
> = Effect.gen(function* () {
  const { stream } = yield* ConnectorEvents.ConnectorEvents
  const { end } = yield* EventStore.EventStore
  const { maxEventStreams, until } = yield* ApiHost
  const bodyOf = makeBodies(maxEventStreams)
  const progress = yield* makeProgress
  const { admins } = yield* Reception
  return yield* respondWith(streamEvents, {
    run: Effect.fnUntraced(function* ({ ip, query, request }) {
      const resumed = resumedFrom(request, query.after)
      const after = Option.isSome(resumed) ? resumed.value : yield* end
      const checked = passes(admins, request, ip)
      const isAdministrator = yield* checked
      const ended = isAdministrator ? Effect.raceFirst(until, untilRefused(checked)) : until
      const events = framesOf(stream({ after }), { types: new Set<string>(query.typeOneOf), isAdministrator })
      const frames = Stream.mergeAll([events, heartbeats, progress], { concurrency: "unbounded", bufferSize: 1 })
      const all = Stream.concat(Stream.make(readyFrame(after, Option.isSome(resumed))), endingWith(frames, ended))
      return new Response(yield* bodyOf(all), { headers })
    })
  })
})
