import { type Event, type JobChange, type StateChanges, Telemetry } from "@runner-connector/core"
import { Context, type DateTime, Effect, Exit, Option, Order, Tracer } from "effect"

const nanos = (moment: DateTime.Utc): bigint => BigInt(moment.epochMillis) * 1_000_000n

/** The id of a video has the form of the id of a trace. So every process knows the trace of every video. */
const traceIdOf = (videoId: string): string => videoId.replaceAll("-", "")

const rootIdOf = (videoId: string): string => traceIdOf(videoId).slice(0, 16)

const rootOf = (videoId: string): Tracer.ExternalSpan =>
  Tracer.externalSpan({ traceId: traceIdOf(videoId), spanId: rootIdOf(videoId) })

/** A span that has ended. */
interface Ended {
  readonly name: string
  readonly video: string
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly failure?: string | undefined
  /** Whether this is the span of the video. All others are its children. */
  readonly isRoot?: boolean
}

const emit = (tracer: Tracer.Tracer, { attributes, end, failure, isRoot = false, name, start, video }: Ended): void => {
  const parent = isRoot ? Option.none() : Option.some(rootOf(video))
  const span = tracer.span(name, parent, Context.empty(), [], start, "internal")
  // The exporter chooses ids at random, but other processes must know those of the video.
  if (isRoot) Object.assign(span, { traceId: traceIdOf(video), spanId: rootIdOf(video) })
  for (const [key, value] of Object.entries({ "video.id": video, ...attributes })) span.attribute(key, value)
  span.end(end, failure === undefined ? Exit.void : Exit.fail(new Error(failure)))
}

const failed: ReadonlySet<string> = new Set(["failed", "refused", "stalled", "interrupted"])

const ofAttempt = (change: JobChange): ReadonlyArray<Ended> => {
  const { attempts, id, type, videoId } = change.after
  return Option.toArray(Option.all({ attempt: Telemetry.endedAttempt(change), videoId })).map(
    ({ attempt, videoId }) => ({
      name: `attempt ${type}`,
      video: videoId,
      start: nanos(attempt.startedAt),
      end: nanos(attempt.end.at),
      attributes: {
        "job.id": id,
        "job.type": type,
        "attempt.number": attempts.length,
        "attempt.outcome": attempt.end.outcome,
        "runner.name": attempts.at(-1)?.runner ?? ""
      },
      failure: failed.has(attempt.end.outcome)
        ? Option.getOrElse(attempt.end.message, () => attempt.end.outcome)
        : undefined
    })
  )
}

/** Moments that matter to viewers. */
const moments: ReadonlySet<string> = new Set(["video.playable", "video.rendition.ready", "live.started"])

const ofMoment = ({ occurredAt, type, videoId }: Event.NewEvent): ReadonlyArray<Ended> =>
  moments.has(type)
    ? Option.toArray(videoId).map((video) => {
        const at = nanos(occurredAt)
        return { name: type, video, start: at, end: at, attributes: {} }
      })
    : []

/** The first span of the request that created the video. */
const outermost = (span: Tracer.Span): Tracer.Span =>
  Option.match(span.parent, {
    onNone: () => span,
    onSome: (parent) => (parent._tag === "Span" ? outermost(parent) : span)
  })

const ofCreation = ({ occurredAt, type, videoId }: Event.NewEvent, request: Option.Option<Tracer.Span>) =>
  type === "video.created"
    ? Option.toArray(videoId).map((video): Ended => {
        const end = nanos(occurredAt)
        const start = Option.match(request, { onNone: () => end, onSome: (span) => outermost(span).status.startTime })
        return { name: "upload", video, start: Order.min(Order.bigint)(start, end), end, attributes: {} }
      })
    : []

const ofEnd = ({ events, videos }: StateChanges.Changes): ReadonlyArray<Ended> =>
  events.flatMap(({ occurredAt, type, videoId }) => {
    if (type !== "video.completed" && type !== "video.failed") return []
    const video = videos.find(({ after }) => Option.contains(videoId, after.id))?.after
    if (video === undefined) return []
    return [
      {
        name: "video",
        video: video.id,
        start: nanos(video.createdAt),
        end: nanos(occurredAt),
        attributes: { "video.state": video.state, "video.renditions": video.files.length },
        failure: type === "video.failed" ? "The video cannot be played" : undefined,
        isRoot: true
      }
    ]
  })

/** An attempt to deliver an event of a video to a webhook. URLs of endpoints may contain a secret, so none is named. */
const ofDelivery = ({ delivery, endedAt, outcome, startedAt }: StateChanges.DeliveryAttempt): ReadonlyArray<Ended> =>
  Option.toArray(delivery.event.videoId).map((video) => ({
    name: `webhook ${delivery.event.type}`,
    video,
    start: nanos(startedAt),
    end: nanos(endedAt),
    attributes: {
      "event.id": delivery.event.id,
      "webhook.id": delivery.endpoint.id,
      "attempt.number": delivery.attempts + 1,
      ...(outcome.status === undefined ? {} : { "http.response.status_code": outcome.status })
    },
    failure: outcome._tag === "Delivered" ? undefined : outcome.error
  }))

/**
 * Sends a span for each ended attempt, upload, publication, delivery and video. A trace has the id of its video, and spans are made
 * from rows when they have ended. So attempts on other servers join the trace, and no crash leaves a span open.
 */
export const traceChanges =
  (tracer: Tracer.Tracer): StateChanges.Observer =>
  (changes) =>
    Effect.map(Effect.option(Effect.currentSpan), (request) => {
      const spans = [
        ...changes.events.flatMap((event) => ofCreation(event, request)),
        ...changes.jobs.flatMap(ofAttempt),
        ...changes.events.flatMap(ofMoment),
        ...(changes.deliveries ?? []).flatMap(ofDelivery),
        ...ofEnd(changes)
      ]
      for (const span of spans) emit(tracer, span)
    })
