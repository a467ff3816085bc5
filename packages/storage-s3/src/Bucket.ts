import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3"
import type { FileKey } from "@runner-connector/core"
import { Duration, Effect, Option, Redacted, Schedule, type Scope } from "effect"
import { codeOf, isTransient, KeyTooLong, UnusableBucket } from "./errors.ts"
import type { S3StorageOptions } from "./options.ts"

/** One attempt of a request. The signal is aborted when the caller is interrupted. */
export type Attempt<A> = (client: S3Client, signal: AbortSignal) => Promise<A>

/** A bucket, and the keys of its objects below the prefix. */
export interface Bucket {
  readonly name: string
  readonly client: S3Client
  /** The place of an object: the bucket and the object's key. Throws `KeyTooLong`. */
  readonly place: (key: FileKey.FileKey) => { readonly Bucket: string; readonly Key: string }
  /** The beginning of all keys below the folder, or of all keys of the storage. */
  readonly folder: (key?: FileKey.FileKey) => string
  /** Sends a request. Repeats it while the service is away or overloaded. */
  readonly send: <A>(attempt: Attempt<A>) => Effect.Effect<A, unknown>
  /** Sends a request once. */
  readonly sendOnce: <A>(attempt: Attempt<A>) => Effect.Effect<A, unknown>
  /** Repeats the effect like `send`. */
  readonly retry: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Pauses of about 0.1, 0.2, 0.4 … seconds, at most about 5, until the time is over. */
const pauses = (retryFor: Duration.Duration) =>
  Schedule.exponential("100 millis").pipe(
    Schedule.union(Schedule.spaced("5 seconds")),
    Schedule.jittered,
    Schedule.upTo(retryFor)
  )

/** Bytes of the longest key. */
const MAX_KEY = 1024

/** The region of services that have none. Signatures need some region. */
const NO_REGION = "us-east-1"

const makeClient = (options: S3StorageOptions): S3Client => {
  const { endpoint, credentials, region, timeout } = options
  const silence = Duration.toMillis(timeout ?? "30 seconds")
  const usedRegion = region ?? (endpoint === undefined ? undefined : NO_REGION)
  return new S3Client({
    ...(usedRegion === undefined ? {} : { region: usedRegion }),
    ...(endpoint === undefined ? {} : { endpoint: String(endpoint) }),
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: Redacted.value(credentials.secretAccessKey),
            ...(credentials.sessionToken === undefined
              ? {}
              : { sessionToken: Redacted.value(credentials.sessionToken) })
          }
        }),
    ...(options.clockOffset === undefined ? {} : { systemClockOffset: options.clockOffset }),
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    // The default adds checksums that several services refuse or store as content.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: Math.min(silence, 5000), socketTimeout: silence },
    // Repeating is done here, so that it follows Effect's clock and interruption, and outlasts a restart of the service.
    maxAttempts: 1
  })
}

/** Ends with the scope. */
export const openBucket = (options: S3StorageOptions): Effect.Effect<Bucket, UnusableBucket, Scope.Scope> =>
  Effect.gen(function* () {
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => makeClient(options)),
      (client) => Effect.sync(() => client.destroy())
    )
    const schedule = pauses(Duration.decode(options.retryFor ?? "1 minute"))
    const prefix = Option.match(Option.fromNullable(options.prefix), { onNone: () => "", onSome: (key) => `${key}/` })
    const sendOnce: Bucket["sendOnce"] = (attempt) =>
      Effect.tryPromise({ try: (signal) => attempt(client, signal), catch: (error) => error })
    const retry: Bucket["retry"] = (effect) => Effect.retry(effect, { while: isTransient, schedule })
    const bucket: Bucket = {
      name: options.bucket,
      client,
      place: (key) => {
        const Key = prefix + key
        if (Buffer.byteLength(Key) > MAX_KEY) throw new KeyTooLong()
        return { Bucket: options.bucket, Key }
      },
      folder: (key) => (key === undefined ? prefix : `${prefix}${key}/`),
      send: (attempt) => retry(sendOnce(attempt)),
      sendOnce,
      retry
    }
    yield* checkBucket(bucket).pipe(
      Effect.tapError((cause) =>
        isTransient(cause)
          ? Effect.logWarning(`The bucket ${options.bucket} does not answer (${codeOf(cause)}). Trying again …`)
          : Effect.void
      ),
      retry,
      Effect.mapError((cause) => new UnusableBucket({ bucket: options.bucket, code: codeOf(cause), cause }))
    )
    return bucket
  })

/** Fails when the bucket does not exist or the credentials do not allow to list it. */
const checkBucket = (bucket: Bucket): Effect.Effect<void, unknown> =>
  Effect.asVoid(
    bucket.sendOnce((client, abortSignal) =>
      client.send(new ListObjectsV2Command({ Bucket: bucket.name, Prefix: bucket.folder(), MaxKeys: 1 }), {
        abortSignal
      })
    )
  )
