import { HttpBody } from "@effect/platform"
import { Clock, Duration, Effect, Ref, Stream } from "effect"
import { ServerUnavailable } from "./Answers.ts"

/** A server may move gigabytes to their final location before it responds. */
const UPLOAD_TIMEOUT = Duration.minutes(30)

/** Fails a transfer that makes no progress within the time limit. `moved` records progress. */
export const whileMoving = <A, E, R>(
  operation: string,
  timeout: Duration.Duration,
  transfer: (moved: Effect.Effect<void>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ServerUnavailable, R> =>
  Effect.gen(function* () {
    const last = yield* Ref.make(yield* Clock.currentTimeMillis)
    const moved = Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.set(last, now))
    const limit = Duration.toMillis(timeout)
    const standstill = Effect.gen(function* () {
      let left = limit
      while (left > 0) {
        yield* Effect.sleep(left)
        left = (yield* Ref.get(last)) + limit - (yield* Clock.currentTimeMillis)
      }
      return yield* new ServerUnavailable({ operation, detail: `no data transferred for ${Duration.format(timeout)}` })
    })
    return yield* Effect.raceFirst(transfer(moved), standstill)
  })

/** Watches an upload in the same way. It may last for hours if it makes progress. */
export const uploading = <A, E, R>(
  operation: string,
  body: HttpBody.Stream,
  upload: (body: HttpBody.Stream) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ServerUnavailable, R> =>
  whileMoving(operation, UPLOAD_TIMEOUT, (moved) =>
    upload(
      HttpBody.stream(
        Stream.tap(body.stream, () => moved),
        body.contentType,
        body.contentLength
      )
    )
  )
