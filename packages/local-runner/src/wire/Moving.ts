import { HttpBody } from "@effect/platform"
import { Clock, Duration, Effect, Ref, Stream } from "effect"
import { ServerUnavailable } from "./Answers.ts"

/** A server may copy gigabytes to their place before it answers. */
const UPLOAD_PATIENCE = Duration.minutes(30)

/** Fails a transfer in which nothing has moved for so long; `moved` says that something has. */
export const whileMoving = <A, E, R>(
  asked: string,
  patience: Duration.Duration,
  transfer: (moved: Effect.Effect<void>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ServerUnavailable, R> =>
  Effect.gen(function* () {
    const last = yield* Ref.make(yield* Clock.currentTimeMillis)
    const moved = Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.set(last, now))
    const limit = Duration.toMillis(patience)
    const standstill = Effect.gen(function* () {
      let left = limit
      while (left > 0) {
        yield* Effect.sleep(left)
        left = (yield* Ref.get(last)) + limit - (yield* Clock.currentTimeMillis)
      }
      return yield* new ServerUnavailable({ asked, detail: `nothing moved for ${Duration.format(patience)}` })
    })
    return yield* Effect.raceFirst(transfer(moved), standstill)
  })

/** An upload under the same watch: it may last for hours, but not stand still. */
export const uploading = <A, E, R>(
  asked: string,
  body: HttpBody.Stream,
  upload: (body: HttpBody.Stream) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ServerUnavailable, R> =>
  whileMoving(asked, UPLOAD_PATIENCE, (moved) =>
    upload(
      HttpBody.stream(
        Stream.tap(body.stream, () => moved),
        body.contentType,
        body.contentLength
      )
    )
  )
