import {
  ConnectorHooks,
  JobType,
  PublicOrigin,
  SignedPlayback,
  TranscodingPlan,
  TranscodingSettings
} from "@runner-connector/core"
import { Duration, Either, Option, Schema } from "effect"

const optional = Schema.optional

const isFunction = (value: unknown): value is (...args: never) => unknown => typeof value === "function"

const Callable = Schema.declare(isFunction, { message: () => "expected a function" })

const Text = Schema.NonEmptyString.annotations({ message: () => "expected a text that is not empty" })

const Switch = Schema.Boolean.annotations({ message: () => "expected true or false" })

const Positive = Schema.Int.pipe(Schema.positive()).annotations({ message: () => "expected a whole number above 0" })

const PublicUrl = Schema.Unknown.pipe(
  Schema.filter((value) => {
    const parsed = PublicOrigin.parsePublicOrigin(String(value))
    return Either.isRight(parsed) || parsed.left
  })
)

/** An address as text, or as a `URL`. */
const address = (protocols: RegExp, example: string) =>
  Schema.Unknown.pipe(
    Schema.filter((value) => {
      const text = value instanceof URL ? value.href : value
      const fits = typeof text === "string" && URL.canParse(text) && protocols.test(text)
      return fits || `expected an address such as ${example}`
    })
  )

const isPositive = (value: Duration.Duration): boolean =>
  Duration.isFinite(value) && Duration.greaterThan(value, Duration.zero)

const oneOf = <const Names extends ReadonlyArray<string>>(...names: Names) =>
  Schema.Literal(...names).annotations({ message: () => `expected ${names.join(", ")}` })

/** A folder as storage. */
export const Folder = Schema.Struct({ folder: Text, readableByOthers: optional(Switch) })

const PositiveDuration = Schema.Unknown.pipe(
  Schema.filter((value) => {
    const read = Duration.decodeUnknown(value)
    const fits = (typeof value === "string" || typeof value === "number") && Option.exists(read, isPositive)
    return fits || "expected milliseconds, or a duration such as 6 hours"
  })
)

/** The longest life of a signature in S3. */
const SignedLifetime = PositiveDuration.pipe(
  Schema.filter(
    (value) =>
      Option.exists(Duration.decodeUnknown(value), Duration.lessThanOrEqualTo("7 days")) || "expected at most 7 days"
  )
)

const Delivery = Schema.Union(
  Schema.Struct({ mode: Schema.Literal("proxied") }),
  Schema.Struct({ mode: Schema.Literal("signed"), lifetime: optional(SignedLifetime) }),
  Schema.Struct({ mode: Schema.Literal("public"), url: address(/^https?:/, "https://cdn.example/media") })
)

/** A bucket as storage. */
export const Bucket = Schema.Struct({
  s3: Schema.Struct({
    bucket: Text,
    region: optional(Text),
    endpoint: optional(address(/^https?:/, "https://s3.example")),
    prefix: optional(Text),
    forcePathStyle: optional(Switch),
    credentials: optional(Schema.Struct({ accessKeyId: Text, secretAccessKey: Text, sessionToken: optional(Text) })),
    delivery: optional(Delivery)
  })
})

const Visible = Schema.String.pipe(Schema.pattern(/^[!-~]+$/)).annotations({
  message: () => "expected visible ASCII characters without blanks"
})

/** A runner in this process, when it has options. */
export const LocalRunner = Schema.Struct({ concurrency: optional(Positive) })

const Secret = Schema.String.pipe(Schema.minLength(SignedPlayback.MIN_SECRET_LENGTH)).annotations({
  message: () => `expected a secret of at least ${SignedPlayback.MIN_SECRET_LENGTH} characters`
})

const Origin = Schema.String.pipe(Schema.pattern(/^https?:\/\/[^/]+$/)).annotations({
  message: () => "expected an origin such as https://www.example"
})

/** Where routes of the connector are in the application. */
export const MountPath = Schema.String.pipe(Schema.pattern(/^(?:\/[\w.-]+)+$/)).annotations({
  message: () => "expected a path such as /playback"
})

/** Serving to players by signed URLs. */
export const SignedPlaying = Schema.Struct({
  access: Schema.Struct({
    secrets: Schema.NonEmptyArray(Secret),
    lifetime: optional(PositiveDuration),
    acceptsClaims: optional(Callable)
  }),
  path: optional(MountPath),
  origins: optional(Schema.Array(Origin))
})

/** Serving to players with another access. */
export const Playing = Schema.Struct({
  access: Schema.Unknown.pipe(
    Schema.filter((value) => value === "open" || isFunction(value) || 'expected "open", a function or { secrets }')
  ),
  path: optional(MountPath),
  origins: optional(Schema.Array(Origin))
})

const builtInNames: ReadonlySet<string> = new Set(JobType.builtIn.map(({ name }) => name))

/** The names of other types are on the wire already, with other payloads. */
const JobTypeName = Text.pipe(
  Schema.filter((name) => !builtInNames.has(name) || `expected another name than that of a built-in job type`)
)

const CustomJobType = Schema.Struct({
  name: JobTypeName,
  payload: Callable,
  result: optional(Schema.Struct({ texts: optional(Schema.Array(Text)), files: optional(Schema.Array(Text)) })),
  present: optional(Callable),
  files: optional(Callable),
  complete: optional(Callable),
  abortable: optional(Switch)
})

const hooks = Object.fromEntries(ConnectorHooks.names.map((name) => [name, optional(Callable)]))

/** All options, beside those that depend on their form. */
export const Options = Schema.Struct({
  publicUrl: PublicUrl,
  dataDir: optional(Text),
  database: optional(address(/^postgres(ql)?:\/\//, "postgres://user:password@host:5432/database")),
  transcoding: optional(Schema.partial(Schema.typeSchema(TranscodingSettings.TranscodingSettings))),
  plan: optional(Schema.partial(TranscodingPlan.TranscodingPlan.omit("settings"))),
  on: optional(Schema.Struct(hooks)),
  jobTypes: optional(Schema.Array(CustomJobType)),
  ffmpeg: optional(oneOf("auto", "native", "wasm")),
  adminToken: optional(Visible),
  api: optional(
    Schema.Struct({ path: optional(MountPath), maxUploadSize: optional(Positive), storyboards: optional(Switch) })
  ),
  uploads: optional(
    Schema.Struct({
      folder: optional(Text),
      lifetime: optional(PositiveDuration),
      maxUnfinished: optional(Positive),
      maxUnfinishedSize: optional(Positive)
    })
  ),
  isAdministrator: optional(Callable),
  redis: optional(address(/^rediss?:\/\//, "redis://host:6379")),
  webhooks: optional(Schema.Struct({ allowPrivateAddresses: optional(Switch) })),
  logger: optional(Callable),
  logLevel: optional(oneOf("debug", "info", "warn", "error", "none"))
})
