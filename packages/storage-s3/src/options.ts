import { FileKey } from "@runner-connector/core"
import { Config, ConfigError, type Duration, Either, Option, Redacted, Schema } from "effect"

/** Keys of the service. Without them, the SDK looks in the environment, the shared files and the machine's role. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken?: Redacted.Redacted<string> | undefined
}

/** Options of `layer`. */
export interface S3StorageOptions {
  readonly bucket: string
  /** (Default: the SDK's; `us-east-1` for another service than Amazon's.) */
  readonly region?: string | undefined
  /** The address of a service other than Amazon's. */
  readonly endpoint?: URL | undefined
  /** The folder in the bucket that holds everything. (Default: the whole bucket.) */
  readonly prefix?: FileKey.FileKey | undefined
  /** Name the bucket in the path instead of the host name. (Default: only with an endpoint.) */
  readonly forcePathStyle?: boolean | undefined
  readonly credentials?: S3Credentials | undefined
  /** How long a request is repeated while the service is away or overloaded. (Default: 1 minute.) */
  readonly retryFor?: Duration.DurationInput | undefined
  /** Silence of a connection after which a request has failed. (Default: 30 seconds.) */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * Bytes of a part of an upload: from 5 MiB to 5 GiB. Three parts of each stream are in memory, and none of a local file.
   * A file has at most 10,000 parts. (Default: 5 MiB, for streams of up to 48 GiB. Local files may be larger.)
   */
  readonly partSize?: number | undefined
  /** Unfinished uploads without a sign of life for this long are removed: their process is dead. (Default: 1 day.) */
  readonly sweepAfter?: Duration.DurationInput | undefined
  /** Milliseconds by which the service's clock is ahead of this one. Corrected by its answers. (Default: 0.) */
  readonly clockOffset?: number | undefined
}

/** An empty variable counts as unset. */
const text = (name: string): Config.Config<string | undefined> =>
  Config.map(Config.option(Config.string(name)), (value) =>
    Option.getOrUndefined(Option.filter(value, (given) => given !== ""))
  )

/** An http or https address. Its text never appears in messages, because it may contain a password. */
export const address = (name: string): Config.Config<URL | undefined> =>
  Config.mapOrFail(text(name), (value) => {
    if (value === undefined) return Either.right(undefined)
    return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
      ? Either.right(new URL(value))
      : Either.left(ConfigError.InvalidData([name], "expected an http or https address, such as https://s3.example"))
  })

/** Slashes at the ends have no meaning. */
const prefix = Config.mapOrFail(
  Config.withDescription(text("S3_PREFIX"), "Default: none. Folder in the bucket."),
  (value) => {
    const trimmed = value?.replace(/^\/+|\/+$/g, "") ?? ""
    if (trimmed === "") return Either.right(undefined)
    return Either.mapLeft(Schema.decodeEither(FileKey.FileKey)(trimmed), () =>
      ConfigError.InvalidData(["S3_PREFIX"], "expected a folder, such as media/videos")
    )
  }
)

const secret = (name: string) =>
  Config.map(text(name), (value) => (value === undefined ? undefined : Redacted.make(value)))

const credentials = Config.all({
  accessKeyId: Config.withDescription(
    text("S3_ACCESS_KEY_ID"),
    "Default: from the AWS environment, files or role. Key. Never logged."
  ),
  secretAccessKey: Config.withDescription(
    secret("S3_SECRET_ACCESS_KEY"),
    "Default: from the AWS environment, files or role. The other half of the key."
  ),
  sessionToken: Config.withDescription(
    secret("S3_SESSION_TOKEN"),
    "Default: from the AWS environment, files or role. Token of a temporary key."
  )
}).pipe(
  Config.mapOrFail(({ accessKeyId, secretAccessKey, sessionToken }) => {
    if (accessKeyId !== undefined && secretAccessKey !== undefined) {
      return Either.right({ accessKeyId, secretAccessKey, sessionToken })
    }
    if (accessKeyId === undefined && secretAccessKey === undefined) return Either.right(undefined)
    const missing = accessKeyId === undefined ? "S3_ACCESS_KEY_ID" : "S3_SECRET_ACCESS_KEY"
    return Either.left(ConfigError.InvalidData([missing], "expected both halves of the key, or none"))
  })
)

const bucket = Config.string("S3_BUCKET").pipe(
  // Directly on the variable: an outer error does not name it.
  Config.validate({
    message: "expected the name of a bucket: 3 to 63 lower-case letters, digits, '.' or '-'",
    validation: (name) => /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name)
  }),
  Config.withDescription("Bucket that stores the files. It must exist.")
)

const forcePathStyle = Config.mapOrFail(
  Config.withDescription(
    text("S3_FORCE_PATH_STYLE"),
    "Default: `on` with `S3_ENDPOINT`. `on`: name the bucket in the path, `off`: in the host name."
  ),
  (value) =>
    value === undefined || value === "on" || value === "off"
      ? Either.right(value === undefined ? undefined : value === "on")
      : Either.left(ConfigError.InvalidData(["S3_FORCE_PATH_STYLE"], "expected on or off"))
)

/** The options of the service as environment variables, without the bucket. */
export const service: Config.Config<Omit<S3StorageOptions, "bucket" | "prefix">> = Config.all({
  region: Config.withDescription(text("S3_REGION"), "Default: from the AWS environment. Region of the bucket."),
  endpoint: Config.withDescription(
    address("S3_ENDPOINT"),
    "Default: Amazon's. Address of another service, such as `https://s3.fr-par.scw.cloud`."
  ),
  forcePathStyle,
  credentials
})

/** The options as environment variables, named `S3_…`. */
export const config: Config.Config<S3StorageOptions> = Config.map(
  Config.all({ bucket, prefix, service }),
  ({ bucket, prefix, service }) => ({ bucket, prefix, ...service })
)
