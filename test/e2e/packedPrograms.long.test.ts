import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Logger, LogLevel, Redacted } from "effect"
import { beforeAll } from "vitest"
import { copyDatabase } from "../fixtures/cluster.ts"
import { sharedFolder } from "../fixtures/sharedFolder.ts"
import { runProgram } from "./support/cli.ts"
import { Engine } from "./support/clips.ts"
import { copySources, runModule } from "./support/clone.ts"
import { servesTwoServers } from "./support/runnerProgramCases.ts"
import { temporaryFolder } from "./support/workspace.ts"

const runner = ["core", "ffmpeg", "protocol", "local-runner"]
const cli = ["persistence-sql", "storage-fs", "probe", "import-django", "cli"]

describe("packed programs in an empty folder", () => {
  const folder = join(sharedFolder(), "packed")
  const program = (name: string) => join(folder, "consumer", "node_modules", ".bin", name)

  // In a clone, because packing builds all packages anew, and other tests use the built files of this one.
  beforeAll(async () => {
    const clone = join(folder, "clone")
    await copySources(clone)
    await runModule(
      clone,
      `import { setup } from "./scripts/setup.mjs"
      import { installIn, packAll } from "./scripts/pack.mjs"
      setup("all")
      const folder = ${JSON.stringify(folder)}
      installIn(folder + "/consumer", packAll(folder + "/tarballs", ${JSON.stringify([...runner, ...cli])}))`
    )
  }, 600_000)

  it.scopedLive(
    "the runner works against real servers",
    () => Effect.provide(servesTwoServers(program("runner-connector-runner")), Engine),
    300_000
  )

  it.scopedLive(
    "the command line works on a database, and names a package that is not installed",
    () =>
      Effect.gen(function* () {
        const directory = join(yield* temporaryFolder, "postgres")
        yield* copyDatabase(directory)
        const { url } = yield* EmbeddedPostgres.start({ directory, fsync: false })
        const DATA_DIR = join(yield* temporaryFolder, "data")
        const env = { DATA_DIR, DATABASE_URL: Redacted.value(url) }
        const command = (...words: ReadonlyArray<string>) => runProgram([program("runner-connector")], env, words)
        const migrated = yield* command("migrate")
        deepStrictEqual(migrated, { code: 0, out: "The tables are up to date.\n", err: "" })
        const token = yield* command("registration-token", "create")
        assert.match(token.out, /^ptrrt-\S+\n$/, token.err)
        const listed = yield* command("registration-token", "list", "--json")
        assert.lengthOf(JSON.parse(listed.out), 1)
        const embedded = yield* runProgram([program("runner-connector")], { DATA_DIR }, ["job", "list"])
        deepStrictEqual([embedded.code, embedded.out], [1, ""])
        assert.include(embedded.err, "npm install @runner-connector/embedded-postgres")
      }).pipe(Logger.withMinimumLogLevel(LogLevel.Warning)),
    300_000
  )
})
