// Measures and prints tables, then which goals were met, and finally one line of JSON. Arguments choose suites:
// `npm run bench -- herd queue`.
// `--quick` only checks that they run.
// `--compare <url> <registration token>` adds another server of this wire to the suite `wire`: a runner registers there, takes
// waiting jobs and gives them back.
// `--upload-mib <number>` sets the size of large results; 256 when left out.
// SNAPSHOT_SECONDS sets the time of the suite `snapshot` (20 minutes), SNAPSHOT_RATE the jobs that each of its servers is offered
// in a second (40). FILM_SECONDS sets the length of the film of the suites `chunks` and `fleet` (one hour), FLEET_SPEED how much
// faster simulated runners are than FFmpeg (10), FLEETS how many there are ("1 2 4 8"). LADDER_SECONDS sets the lengths of the clips
// of the suite `ladder` ("10 60").
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Database, startDatabase } from "./database.ts"
import { goalsOf } from "./goals.ts"
import { endEngine } from "./media.ts"
import { machine, printTable } from "./report.ts"
import { makeRows } from "./rows.ts"
import { makeSituation } from "./situation.ts"
import { full, quick } from "./sizes.ts"
import { suites } from "./suites.ts"

const args = process.argv.slice(2)

/** Removes an option from the arguments and returns its values. */
const take = (option: string, count: number): ReadonlyArray<string> => {
  const at = args.indexOf(option)
  return at < 0 ? [] : args.splice(at, count + 1).slice(1)
}

const [url, registrationToken = ""] = take("--compare", 2)
const other = url === undefined ? undefined : { url: new URL(url), registrationToken }
const [mebibytes] = take("--upload-mib", 1)
const chosen = args.includes("--quick") ? quick : full
const sizes = mebibytes === undefined ? chosen : { ...chosen, uploadMiB: Number(mebibytes) }
const named = args.filter((arg) => !arg.startsWith("--"))

const unknown = named.filter((name) => !(name in suites))
const unknownOptions = args.filter((arg) => arg.startsWith("--") && arg !== "--quick")
if (unknown.length > 0 || unknownOptions.length > 0) {
  console.error(
    `Unknown: ${[...unknown, ...unknownOptions].join(", ")}. The suites are: ${Object.keys(suites).join(", ")}.`
  )
  console.error("The options are described at the beginning of bench/src/main.ts.")
  process.exit(2)
}

const measureAll = async (folder: string, database: Database) => {
  const given = { situation: makeSituation(folder, database), rows: makeRows(database.url), sizes, other }
  const results: Record<string, unknown> = {}
  for (const [name, measure] of Object.entries(suites)) {
    if (named.length === 0 || named.includes(name)) results[name] = await measure(given)
  }
  const goals = goalsOf(results)
  if (goals.length > 0) printTable("Goals", goals)
  console.log(`\n${JSON.stringify({ machine: machine(), ...results })}`)
}

const folder = await mkdtemp(join(tmpdir(), "runner-connector-bench-"))
try {
  const database = await startDatabase(join(folder, "postgres"))
  await measureAll(folder, database).finally(database.stop)
} finally {
  await endEngine()
  await rm(folder, { recursive: true, force: true })
}
