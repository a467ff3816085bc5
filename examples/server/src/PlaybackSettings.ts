import { secret } from "@runner-connector/cli/installation"
import { SignedPlayback } from "@runner-connector/core"
import { Array as Arr, Config, ConfigError, Duration, Either, Option, Redacted, String as Str } from "effect"
import type { S3Settings } from "./S3Settings.ts"

/** Who may watch videos. */
export type PlaybackSettings =
  | { readonly mode: "open" }
  | {
      readonly mode: "signed"
      /** The first one signs. None: the server keeps one of its own in the data folder. */
      readonly secrets: Option.Option<Secrets>
      readonly lifetime: Duration.Duration
    }

type Secrets = Arr.NonEmptyReadonlyArray<Redacted.Redacted<string>>

const split = (text: Redacted.Redacted<string>): Secrets =>
  Arr.map(Str.split(Redacted.value(text), ","), (one) => Redacted.make(one.trim()))

const isWeak = (one: Redacted.Redacted<string>): boolean =>
  Redacted.value(one).length < SignedPlayback.MIN_SECRET_LENGTH

const described = Config.withDescription(
  secret("PLAYBACK_SECRET"),
  "Default: created at first start. Signs the URLs. At least 32 characters, such as from `openssl rand -hex 32`. Several secrets are separated by commas: the first one signs, and all are accepted. The default is kept in `DATA_DIR`, so servers that share a bucket and a database must set it. Never logged."
)

const secrets = Config.mapOrFail(described, (given) => {
  const all = Option.map(given, split)
  return Option.exists(all, Arr.some(isWeak))
    ? Either.left(
        ConfigError.InvalidData(
          ["PLAYBACK_SECRET"],
          `expected secrets of at least ${SignedPlayback.MIN_SECRET_LENGTH} characters, separated by commas`
        )
      )
    : Either.right(all)
})

/** The variables about playback. */
export const playback = Config.all({
  access: Config.option(
    Config.withDescription(
      Config.literal("open", "signed")("PLAYBACK_ACCESS"),
      "Default: `signed` with `ADMIN_TOKEN`, else `open`. Who may read the files of videos. `open`: everybody who knows the id of the video. `signed`: holders of signed URLs, which the documents of videos contain. With `S3_DELIVERY=public` the default is `open`, and `signed` is refused."
    )
  ),
  secrets,
  lifetime: Config.duration("PLAYBACK_URL_LIFETIME").pipe(
    Config.validate({
      message: "expected a duration from 1 minute to 365 days",
      validation: (value) => Duration.between(value, { minimum: Duration.minutes(1), maximum: Duration.days(365) })
    }),
    Config.withDescription("How long a signed URL works at least. It works up to a quarter longer."),
    Config.withDefault(Duration.hours(6))
  )
})

type Raw = Config.Config.Success<typeof playback>

/** The other settings that decide about playback. */
interface Others {
  readonly hasAdminToken: boolean
  readonly s3: Option.Option<S3Settings>
  /** Whether the database is on another machine, so that other servers may share it. */
  readonly sharesDatabase: boolean
}

const refused = (name: string, message: string) => Either.left(ConfigError.InvalidData([name], message))

/**
 * A server with `ADMIN_TOKEN` signs, unless everybody can read the bucket anyway. Servers that share a bucket share no data
 * folder, so they need a common secret.
 */
export const complete = (
  { access, lifetime, secrets }: Raw,
  { hasAdminToken, s3, sharesDatabase }: Others
): Either.Either<PlaybackSettings, ConfigError.ConfigError> => {
  const isPublic = Option.exists(s3, ({ delivery }) => delivery.mode === "public")
  const mode = Option.getOrElse(access, () => (hasAdminToken && !isPublic ? "signed" : "open"))
  if (mode === "open") return Either.right({ mode })
  if (isPublic)
    return refused(
      "PLAYBACK_ACCESS",
      "signed URLs protect nothing while everybody can read the bucket: set S3_DELIVERY to signed or proxied, or PLAYBACK_ACCESS to open"
    )
  if (Option.isSome(s3) && sharesDatabase && Option.isNone(secrets))
    return refused(
      "PLAYBACK_SECRET",
      "expected a secret that all servers of this bucket share: make one with `openssl rand -hex 32`, or set PLAYBACK_ACCESS to open"
    )
  return Either.right({ mode, secrets, lifetime })
}
