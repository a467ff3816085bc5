import { GetObjectCommand } from "@aws-sdk/client-s3"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import type { FileKey } from "@runner-connector/core"
import { Duration, Effect } from "effect"
import type { Bucket } from "./Bucket.ts"

/** The longest life of a signature. */
const LONGEST = Duration.days(7)

/**
 * A URL that allows to download the object without credentials. Does not ask the service. Uses the machine's clock, not
 * Effect's, because the service compares the time with its own.
 */
export const signedUrl = (
  bucket: Bucket,
  key: FileKey.FileKey,
  expiresIn: Duration.Duration
): Effect.Effect<URL, unknown> =>
  Effect.tryPromise({
    try: async () => {
      const url = await getSignedUrl(bucket.client, new GetObjectCommand(bucket.place(key)), {
        expiresIn: Math.max(1, Math.floor(Duration.toSeconds(Duration.min(expiresIn, LONGEST)))),
        signingDate: new Date(Date.now() + bucket.client.config.systemClockOffset)
      })
      return new URL(url)
    },
    catch: (error) => error
  })
