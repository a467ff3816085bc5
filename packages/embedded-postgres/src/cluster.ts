import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Tokens } from "@runner-connector/core"
import { Effect, Option, Redacted } from "effect"
import type { Binaries } from "./binaries.ts"
import { runProgram, spawnOptions } from "./commands.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { canReach, handOver, type ServerUser } from "./serverUser.ts"

/** A data folder, with everything that a server needs to run on it. */
export interface Cluster {
  readonly directory: string
  readonly data: string
  /** The data folder as an argument of the server. */
  readonly dataArgument: string
  readonly password: Redacted.Redacted<string>
  readonly binaries: Binaries
  readonly user: ServerUser | undefined
}

interface Request {
  /** False: do not wait until the new files are on the disk. */
  readonly fsync: boolean
  readonly directory: string
  readonly data: string
  readonly binaries: Binaries
  readonly user: ServerUser | undefined
}

/** Prefix of unfinished clusters. A killed process leaves them behind. */
const DRAFT = "initdb-"

/** Opens the cluster in the folder. Creates one when there is none. A kill at any moment leaves a whole cluster or none. */
export const openCluster = (request: Request): Effect.Effect<Cluster, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const { binaries, data, directory, user } = request
    const version = yield* attempt(directory, "Looking for the data", () => readIfThere(join(data, "PG_VERSION")))
    yield* removeDrafts(directory)
    const password = yield* openPassword(directory, Option.isSome(version))
    const cluster: Cluster = { directory, data, binaries, user, password, dataArgument: data }
    if (Option.isSome(version)) yield* assertVersion(cluster, version.value)
    else yield* initialise(cluster, request)
    if (user !== undefined) yield* attempt(directory, "Changing the owner of the data", () => ensureOwner(data, user))
    return { ...cluster, dataArgument: yield* dataArgument(cluster, data) }
  })

const removeDrafts = (directory: string) =>
  Effect.ignoreLogged(
    attempt(directory, "Removing unfinished clusters", async () => {
      const left = (await readdir(directory)).filter((name) => name.startsWith(DRAFT))
      for (const name of left) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 })
    })
  )

/**
 * A port on the loopback is open to every user of the machine, so the server requires a password. A Unix socket would need
 * a path of less than 108 bytes and does not exist everywhere. Who can read the password file can use the database.
 */
const openPassword = (directory: string, mustExist: boolean) =>
  Effect.gen(function* () {
    const path = join(directory, "password")
    const known = yield* attempt(directory, "Reading the password", () => readIfThere(path))
    if (Option.isSome(known)) return Redacted.make(known.value)
    if (mustExist) {
      const detail = `the file ${path} is missing, and without it nobody can connect to the data`
      return yield* new EmbeddedPostgresError({ reason: "Failed", directory, detail })
    }
    const { uuid } = yield* Tokens.Identifiers
    const fresh = `${yield* uuid}${yield* uuid}`.replaceAll("-", "")
    const draft = `${path}-${yield* uuid}`
    yield* attempt(directory, "Storing the password", async () => {
      await writeFile(draft, fresh, { mode: 0o600 })
      await rename(draft, path)
    })
    return Redacted.make(fresh)
  })

const readIfThere = async (path: string): Promise<Option.Option<string>> => {
  try {
    return Option.some((await readFile(path, "utf8")).trim())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Option.none()
    throw error
  }
}

const assertVersion = ({ binaries, directory, user }: Cluster, found: string) =>
  Effect.gen(function* () {
    const said = yield* runProgram(directory, binaries.postgres, ["--version"], spawnOptions("/", user))
    const ours = said.match(/(\d+)\.\d+/)?.[1]
    if (ours === found) return
    return yield* new EmbeddedPostgresError({
      reason: "OtherVersion",
      directory,
      detail:
        `its data was written by PostgreSQL ${found}, and this program brings PostgreSQL ${ours}. Dump the data with ` +
        "the old version, then let this one begin in an empty folder and restore the dump"
    })
  })

const initialise = (cluster: Cluster, { fsync }: Request) =>
  Effect.gen(function* () {
    const { binaries, data, directory, password, user } = cluster
    const uuid = yield* Effect.flatMap(Tokens.Identifiers, (ids) => ids.uuid)
    const draft = join(directory, `${DRAFT}${uuid}`)
    const draftData = join(draft, "data")
    const passwordFile = join(draft, "password")
    yield* Effect.logInfo(`Making a PostgreSQL cluster in ${directory}`)
    yield* attempt(directory, "Preparing the data folder", async () => {
      await mkdir(draftData, { recursive: true, mode: 0o700 })
      await chmod(draft, 0o711)
      await writeFile(passwordFile, `${Redacted.value(password)}\n`, { mode: 0o600 })
      if (user !== undefined) for (const path of [draftData, passwordFile]) await chown(path, user.uid, user.gid)
    })
    const args = [
      ...["-D", yield* dataArgument(cluster, draftData), "--pwfile=../password", "--username=postgres"],
      ...["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"],
      ...(fsync ? [] : ["--no-sync"])
    ]
    yield* runProgram(directory, binaries.initdb, args, spawnOptions(draftData, user))
    yield* attempt(directory, "Moving the data into place", async () => {
      await rename(draftData, data)
      await rm(draft, { recursive: true, force: true })
    })
  })

const ensureOwner = async (data: string, user: ServerUser): Promise<void> => {
  if ((await stat(data)).uid !== user.uid) await handOver(data, user)
}

/**
 * The user may have no access to a parent folder such as /root. Programs start with the data folder as their working
 * folder, and Linux gives every process access to that under this name.
 */
const dataArgument = ({ directory, user }: Cluster, data: string): Effect.Effect<string, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    if (yield* attempt(directory, "Looking at the data folder", () => canReach(data, user))) return data
    if (process.platform === "linux") return "/proc/self/cwd"
    return yield* new EmbeddedPostgresError({
      reason: "Failed",
      directory,
      detail: `PostgreSQL does not run as root, and user ${user?.uid} may not enter the folder: choose another one`
    })
  })
