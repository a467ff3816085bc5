import { type FileHandle, link, open, readFile, rename, rm, stat, unlink } from "node:fs/promises"
import { Tokens } from "@runner-connector/core"
import { DateTime, Duration, Effect, Option, Schema, type Scope } from "effect"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { becomesTrue, inRealTime, place, startOf } from "./processes.ts"

const Holder = Schema.parseJson(Schema.Struct({ pid: Schema.Int, start: Schema.String, place: Schema.String }))
type Holder = typeof Holder.Type

/** The holder updates the time of its lock this often, for processes in other containers. */
const TOUCH_EVERY = Duration.seconds(1)
const SILENT_AFTER = Duration.seconds(5)
const SURELY_DEAD_AFTER = Duration.seconds(60)

interface Folder {
  readonly directory: string
  readonly path: string
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT"
const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST"

/**
 * Locks the folder for this process while the scope is open. A second process fails with the number of the first. The lock
 * of a dead process is taken over. The start time distinguishes a process from a later one with the same number. A holder
 * in another container is alive as long as it updates the time of the lock.
 */
export const holdFolder = (directory: string): Effect.Effect<void, EmbeddedPostgresError, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = { directory, path: `${directory}/lock` }
    const content = yield* Schema.encode(Holder)({
      pid: process.pid,
      start: (yield* startOf(process.pid)) ?? "",
      place: yield* place
    }).pipe(Effect.orDie)
    const handle = yield* Effect.acquireRelease(claim(folder, content), (handle) => release(folder, handle, content))
    const touch = Effect.flatMap(DateTime.nowAsDate, (now) =>
      Effect.ignore(attempt(directory, "Touching the lock", () => handle.utimes(now, now)))
    )
    yield* Effect.forkScoped(inRealTime(Effect.forever(Effect.zipRight(Effect.sleep(TOUCH_EVERY), touch))))
  })

const claim = (folder: Folder, content: string): Effect.Effect<FileHandle, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const handle = yield* create(folder, content)
    if (Option.isSome(handle)) return handle.value
    const found = yield* readLock(folder)
    if (Option.isSome(found)) {
      yield* assertDead(folder, found.value)
      yield* takeAway(folder, found.value)
    }
    return yield* claim(folder, content)
  })

/** None when the lock exists. */
const create = (folder: Folder, content: string) =>
  attempt(folder.directory, "Locking the folder", async () => {
    try {
      const handle = await open(folder.path, "wx", 0o600)
      await handle.writeFile(content)
      return Option.some(handle)
    } catch (error) {
      if (isThere(error)) return Option.none<FileHandle>()
      throw error
    }
  })

const readLock = ({ directory, path }: Folder) =>
  attempt(directory, "Reading the lock", async () => {
    try {
      return Option.some(await readFile(path, "utf8"))
    } catch (error) {
      if (isMissing(error)) return Option.none<string>()
      throw error
    }
  })

const inUse = ({ directory, path }: Folder, holder: Option.Option<Holder>) => {
  const who = Option.match(holder, { onNone: () => "another process", onSome: ({ pid }) => `process ${pid}` })
  return new EmbeddedPostgresError({
    reason: "FolderInUse",
    directory,
    detail: `the folder ${directory} is in use by ${who} (${path}): stop that process, or choose another folder`
  })
}

const assertDead = (folder: Folder, content: string): Effect.Effect<void, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const holder = Schema.decodeOption(Holder)(content)
    const isNeighbour = Option.isSome(holder) && holder.value.place === (yield* place)
    const isAlive = isNeighbour
      ? (yield* startOf(holder.value.pid)) === holder.value.start
      : yield* inRealTime(isTouched(folder))
    if (isAlive) return yield* inUse(folder, holder)
  })

const isTouched = ({ directory, path }: Folder) =>
  Effect.gen(function* () {
    const lastTouch = attempt(directory, "Looking at the lock", () =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0
      )
    )
    const first = yield* lastTouch
    const age = (yield* DateTime.now).epochMillis - first
    if (age > Duration.toMillis(SURELY_DEAD_AFTER)) return false
    yield* Effect.logInfo(`Waiting to see whether ${directory} is in use by another container`)
    return yield* becomesTrue(
      Effect.map(lastTouch, (now) => now !== first),
      SILENT_AFTER
    )
  })

/** Only one process can rename the lock. A lock that is no longer the stale one is put back. */
const takeAway = ({ directory, path }: Folder, stale: string) =>
  Effect.gen(function* () {
    const aside = `${path}-${yield* Effect.flatMap(Tokens.Identifiers, (ids) => ids.uuid)}`
    yield* attempt(directory, "Taking over the lock", async () => {
      try {
        await rename(path, aside)
        if ((await readFile(aside, "utf8")) !== stale) await link(aside, path)
        await rm(aside)
      } catch (error) {
        if (!isMissing(error) && !isThere(error)) throw error
      }
    })
  })

const release = ({ directory, path }: Folder, handle: FileHandle, content: string) =>
  attempt(directory, "Releasing the lock", async () => {
    await handle.close()
    if ((await readFile(path, "utf8")) === content) await unlink(path)
  }).pipe(Effect.ignoreLogged)
