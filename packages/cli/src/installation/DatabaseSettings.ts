import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Config, ConfigError, Duration, Either, Option, Redacted } from "effect"
import { onOff, optional, positive, secret } from "./settingKinds.ts"

/** The PostgreSQL of the server. */
export interface DatabaseSettings {
  /**
   * A PostgreSQL to use instead of the embedded one. Carries the statement timeout and the CA file, so that every client of
   * it uses them.
   */
  readonly databaseUrl: Option.Option<Redacted.Redacted<string>>
  /** The most connections of this process. */
  readonly databasePoolSize: number
  /** How long the start waits for the database of DATABASE_URL. */
  readonly databaseWait: Duration.Duration
  /** Whether the start migrates the tables. */
  readonly databaseMigrate: boolean
}

const refused = (name: string, message: string) => Either.left(ConfigError.InvalidData([name], message))

const url = Config.mapOrFail(
  Config.withDescription(secret("DATABASE_URL"), "PostgreSQL to use instead of the embedded one."),
  (text) =>
    Option.exists(
      text,
      (value) => !/^postgres(ql)?:\/\//.test(Redacted.value(value)) || !URL.canParse(Redacted.value(value))
    )
      ? refused("DATABASE_URL", "expected an address such as postgres://user:password@host:5432/database")
      : Either.right(text)
)

const duration = (name: string, fallback: Duration.DurationInput) =>
  Config.duration(name).pipe(
    Config.validate({ message: "expected a finite duration, or 0 seconds for none", validation: Duration.isFinite }),
    Config.withDefault(Duration.decode(fallback))
  )

/** Read at the start, because the driver would report a missing file with every connection. */
const caFile = Config.mapOrFail(
  optional(
    Config.withDescription(
      Config.string("DATABASE_CA_FILE"),
      "File with the certificate (PEM) of the authority that signed the certificate of the database. The connection then uses TLS, and the certificate must be valid for the host of `DATABASE_URL`."
    )
  ),
  (file) => {
    if (Option.isNone(file)) return Either.right(file)
    try {
      return readFileSync(file.value, "utf8").includes("-----BEGIN CERTIFICATE-----")
        ? Either.right(Option.some(resolve(file.value)))
        : refused("DATABASE_CA_FILE", `${file.value} contains no certificate in PEM format`)
    } catch {
      return refused("DATABASE_CA_FILE", `${file.value} cannot be read`)
    }
  }
)

const raw = Config.all({
  url,
  poolSize: Config.withDefault(
    Config.withDescription(positive("DATABASE_POOL_SIZE"), "The most connections of one process."),
    10
  ),
  statementTimeout: Config.withDescription(
    duration("DATABASE_STATEMENT_TIMEOUT", "30 seconds"),
    "Longest time of one statement. Migrations are not limited. `0 seconds`: no limit, also for poolers that refuse the parameter."
  ),
  caFile,
  wait: Config.withDescription(
    duration("DATABASE_WAIT", "1 minute"),
    "How long the start waits for a database that does not answer yet. Wrong passwords and certificates end the start at once."
  ),
  migrate: Config.withDefault(
    Config.withDescription(
      onOff("DATABASE_MIGRATE"),
      "`off`: the start does not change tables, and fails unless they are up to date. Run `npm run cli -- migrate` before."
    ),
    "on"
  )
})

type Raw = Config.Config.Success<typeof raw>

/** With a CA file the certificate of the server must be valid for its host. */
const complete = (given: string, { caFile, statementTimeout }: Raw): string => {
  const url = new URL(given)
  if (Duration.greaterThan(statementTimeout, Duration.zero) && !url.searchParams.has("statement_timeout")) {
    url.searchParams.set("statement_timeout", String(Math.ceil(Duration.toMillis(statementTimeout))))
  }
  if (Option.isSome(caFile)) {
    url.searchParams.set("sslrootcert", caFile.value)
    url.searchParams.set("sslmode", "verify-full")
  }
  return url.href
}

/** DATABASE_URL and the other variables about the database. */
export const database: Config.Config<DatabaseSettings> = Config.mapOrFail(raw, (settings) =>
  Option.isSome(settings.caFile) && Option.isNone(settings.url)
    ? refused("DATABASE_CA_FILE", "is only used together with DATABASE_URL")
    : Either.right({
        databaseUrl: Option.map(settings.url, (given) => Redacted.make(complete(Redacted.value(given), settings))),
        databasePoolSize: settings.poolSize,
        databaseWait: settings.wait,
        databaseMigrate: settings.migrate === "on"
      })
)
