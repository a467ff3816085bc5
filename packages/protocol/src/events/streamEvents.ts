import { ConnectorEvents, Event, EventCursor, EventStore } from "@runner-connector/core"
import { Effect, Option, Schedule, Schema, Stream } from "effect"
import { ApiHost } from "../api/ApiHost.ts"
import { passes } from "../http/AdminGuard.ts"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, respondWith } from "../http/Handler.ts"
import { Reception } from "../http/Reception.ts"
import { makeBodies } from "./bodies.ts"
import { framesOf, heartbeatFrame, readyFrame, resetFrame } from "./frames.ts"
import { makeProgress, type ProgressNeeds } from "./progress.ts"

const HEARTBEAT = "15 seconds"

export const streamEvents = endpoint({
  name: "streamEvents",
  method: "GET",
  path: "/events",
  summary: "Follow the events of videos, jobs and runners, resumed by `Last-Event-ID`; after `reset`, read lists again",
  manages: true,
  query: Schema.Struct({
    /** The position of the last known event, for clients that cannot send `Last-Event-ID`. */
    after: Schema.optional(EventCursor.EventCursor),
    typeOneOf: Schema.optional(Schema.ArrayEnsure(Event.EventType))
  }),
  status: 200,
  isStream: true
})

/**
 * The position after which the client continues. A malformed header is no error, because browsers would never connect
 * again.
 */
const wishOf = (request: Request, after: EventCursor.EventCursor | undefined) =>
  Option.fromNullable(request.headers.get("last-event-id") || after)

/** The position at which the stream begins. `isReset`: events after the client's position are missing. */
interface Beginning {
  readonly after: EventCursor.EventCursor
  readonly resumed: boolean
  readonly isReset: boolean
}

const makeBeginning = Effect.map(
  EventStore.EventStore,
  ({ end, gapAfter }) =>
    (wish: Option.Option<string>) =>
      Effect.gen(function* () {
        const known = Option.flatMap(wish, Schema.decodeUnknownOption(EventCursor.EventCursor))
        if (Option.isSome(known) && Option.isNone(yield* gapAfter(known.value))) {
          return { after: known.value, resumed: true, isReset: false } satisfies Beginning
        }
        return { after: yield* end, resumed: false, isReset: Option.isSome(wish) } satisfies Beginning
      })
)

const firstFrames = ({ after, isReset, resumed }: Beginning) =>
  Stream.fromIterable([...(isReset ? [resetFrame(after)] : []), readyFrame(after, resumed)])

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
  const beginningOf = yield* makeBeginning
  const { maxEventStreams, until } = yield* ApiHost
  const bodyOf = makeBodies(maxEventStreams)
  const progress = yield* makeProgress
  const { admins } = yield* Reception
  return yield* respondWith(streamEvents, {
    run: Effect.fnUntraced(function* ({ ip, query, request }) {
      const beginning = yield* beginningOf(wishOf(request, query.after))
      const checked = passes(admins, request, ip)
      const isAdministrator = yield* checked
      const ended = isAdministrator ? Effect.raceFirst(until, untilRefused(checked)) : until
      const events = framesOf(stream({ after: beginning.after }), {
        types: new Set<string>(query.typeOneOf),
        isAdministrator
      })
      const frames = Stream.mergeAll([events, heartbeats, progress], { concurrency: "unbounded", bufferSize: 1 })
      const all = Stream.concat(firstFrames(beginning), endingWith(frames, ended))
      return new Response(yield* bodyOf(all), { headers })
    })
  })
})
