import { Clock, Duration, Effect, Option, type Scope } from "effect"
import { BodyStalled, MalformedBody, type Overloaded } from "../http/ProtocolErrors.ts"
import type { Meter } from "./UnauthenticatedBytes.ts"

/** The errors of reading a body. */
export type ReadError = MalformedBody | BodyStalled | Overloaded

/** The body of a request, pulled piece by piece. Nothing is read before `next`. */
export interface BodySource {
  /** The next bytes, or none at the end. Fails when the sender disconnects or sends too slowly. */
  readonly next: Effect.Effect<Option.Option<Uint8Array>, ReadError>
  /** Stops counting the body as unauthenticated. From here on it may take any time at the least rate. */
  readonly authenticate: Effect.Effect<void>
  /** Discards the rest, so that the sender reads the answer. Gives up after 30 seconds. */
  readonly drain: Effect.Effect<void>
  /** Cancels the body. */
  readonly cancel: Effect.Effect<void>
  /** True when reading began and did not reach the end. The connection then serves no further request. */
  readonly isUnfinished: () => boolean
}

const DRAIN_TIME = "30 seconds"

/**
 * An unauthenticated body must arrive within the window. An authenticated one must bring the least number of bytes within
 * each window. Only the time spent waiting for the sender counts, so a slow disk of ours ends no upload.
 */
const WINDOW = Duration.toMillis("60 seconds")
const LEAST_BYTES = 16 * 1024

const brokenOff = () => new MalformedBody({ reason: "The body breaks off" })

const makeReader = (request: Request) => {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let isDone = false
  const read = async (): Promise<Option.Option<Uint8Array>> => {
    if (isDone) return Option.none()
    reader ??= request.body?.getReader()
    const result = await reader?.read()
    if (result?.value !== undefined) return Option.some(result.value)
    isDone = true
    return Option.none()
  }
  return {
    read: Effect.tryPromise({ try: read, catch: brokenOff }),
    cancel: Effect.promise(async () => reader?.cancel().catch(() => undefined)),
    isUnfinished: () => reader !== undefined && !isDone
  }
}

/** Measures how long the sender is waited for. */
const makePace = () => {
  let isAuthenticated = false
  let waited = 0
  let received = 0
  let waitingSince: number | undefined

  const restart = () => {
    waited = 0
    received = 0
  }

  return {
    begin: (now: number) => {
      waitingSince = now
    },
    end: (now: number, bytes: number) => {
      waited += now - (waitingSince ?? now)
      waitingSince = undefined
      received += bytes
      if (isAuthenticated && received >= LEAST_BYTES) restart()
    },
    authenticate: () => {
      isAuthenticated = true
      restart()
    },
    isAuthenticated: () => isAuthenticated,
    /** Milliseconds until the sender is too slow, if nothing comes. */
    left: (now: number) => WINDOW - waited - (waitingSince === undefined ? 0 : now - waitingSince)
  }
}

/** Reads the body of a request. The scope ends with the request. */
export const make = (request: Request, meter: Option.Option<Meter>): Effect.Effect<BodySource, never, Scope.Scope> =>
  Effect.gen(function* () {
    const reader = makeReader(request)
    const pace = makePace()
    const release = Option.match(meter, { onNone: () => Effect.void, onSome: (one) => one.release })
    let isStalled = false

    const watch = Effect.gen(function* () {
      while (true) {
        const left = pace.left(yield* Clock.currentTimeMillis)
        if (left <= 0) break
        yield* Effect.sleep(left)
      }
      isStalled = true
      yield* reader.cancel
    })

    const next = Effect.gen(function* () {
      pace.begin(yield* Clock.currentTimeMillis)
      const chunk = yield* reader.read
      const bytes = Option.match(chunk, { onNone: () => 0, onSome: ({ length }) => length })
      pace.end(yield* Clock.currentTimeMillis, bytes)
      if (isStalled) return yield* new BodyStalled()
      if (Option.isSome(meter) && !pace.isAuthenticated()) yield* meter.value.take(bytes)
      return chunk
    })

    yield* Effect.addFinalizer(() => release)
    if (request.body !== null) yield* Effect.forkScoped(watch)
    return {
      next,
      authenticate: Effect.zipRight(Effect.sync(pace.authenticate), release),
      drain: Effect.suspend(() =>
        isStalled
          ? Effect.void
          : reader.read.pipe(Effect.repeat({ until: Option.isNone }), Effect.timeout(DRAIN_TIME), Effect.ignore)
      ),
      cancel: reader.cancel,
      isUnfinished: () => isStalled || reader.isUnfinished()
    }
  })
