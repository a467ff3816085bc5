import { Config, ConfigError, Duration, Either } from "effect"
import { address } from "./options.ts"

/** How players get the files of the bucket. */
export type S3DeliveryOptions =
  /** From the bucket or a CDN in front of it: `url` and the key of the file. */
  | { readonly mode: "public"; readonly url: URL }
  /** From the host, which reads the bucket. */
  | { readonly mode: "proxied" }
  /** Playlists from the host, media from the bucket by signed URLs that expire. (Default: after 6 hours.) */
  | { readonly mode: "signed"; readonly lifetime?: Duration.DurationInput | undefined }

/** The longest life of a signature. */
const LONGEST = Duration.days(7)

const lifetime = Config.duration("S3_SIGNED_URL_LIFETIME").pipe(
  Config.validate({
    message: "expected a duration from 1 minute to 7 days",
    validation: (value) => Duration.between(value, { minimum: Duration.minutes(1), maximum: LONGEST })
  }),
  Config.withDescription("How long a signed URL is valid, at most 7 days."),
  Config.withDefault(Duration.hours(6))
)

/** The options as environment variables: `S3_DELIVERY`, `S3_PUBLIC_URL`, `S3_SIGNED_URL_LIFETIME`. */
export const config: Config.Config<S3DeliveryOptions> = Config.all({
  mode: Config.withDefault(
    Config.withDescription(
      Config.literal("public", "proxied", "signed")("S3_DELIVERY"),
      "How players get files. `proxied`: from this server. `signed`: media from the bucket, by URLs in the playlists that expire. `public`: everything from `S3_PUBLIC_URL`."
    ),
    "proxied"
  ),
  url: Config.withDescription(
    address("S3_PUBLIC_URL"),
    "Address of the stored files for players: the bucket, or a CDN in front of it, with the prefix."
  ),
  lifetime
}).pipe(
  Config.mapOrFail(({ lifetime, mode, url }): Either.Either<S3DeliveryOptions, ConfigError.ConfigError> => {
    if (mode !== "public") return Either.right(mode === "signed" ? { mode, lifetime } : { mode })
    return url === undefined
      ? Either.left(
          ConfigError.InvalidData(["S3_PUBLIC_URL"], "expected the address of the files, because S3_DELIVERY is public")
        )
      : Either.right({ mode, url })
  })
)
