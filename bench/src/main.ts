// Measures and prints tables, and finally one line of JSON. Arguments choose suites: `npm run bench -- herd queue`.
// `--quick` only checks that they run. `--compare <url> <registration token>` adds another server of this wire to the suite `wire`:
// a runner registers there, takes waiting jobs and gives them back. UPLOAD_MIB sets the size of large results. FILM_SECONDS sets the length
// of the film of the suites `chunks` and `fleet` (one hour), FLEET_SPEED how much faster simulated runners are than FFmpeg (10). SNAPSHOT_SECONDS sets the time of the suite
// `snapshot` (20 minutes), SNAPSHOT_RATE the jobs that each of its servers is offered in a second (40).
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Database, startDatabase } from "./database.ts"
import { machine } from "./report.ts"
import { makeRows } from "./rows.ts"
import { makeSituation } from "./situation.ts"
import { full, quick } from "./sizes.ts"
import { suites } from "./suites.ts"

const args = process.argv.slice(2)
const sizes = args.includes("--quick") ? quick : full
const compared = args.indexOf("--compare")
const [url, registrationToken] = compared < 0 ? [] : args.splice(compared, 3).slice(1)
const other = url === undefined ? undefined : { url: new URL(url), registrationToken: registrationToken ?? "" }
const named = args.filter((arg) => !arg.startsWith("--"))

const unknown = named.filter((name) => !(name in suites))
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(", ")}. There are: ${Object.keys(suites).join(", ")}.`)
  process.exit(2)
}

const measureAll = async (folder: string, database: Database) => {
  const given = { situation: makeSituation(folder, database), rows: makeRows(database.url), sizes, other }
  const results: Record<string, unknown> = {}
  for (const [name, measure] of Object.entries(suites)) {
    if (named.length === 0 || named.includes(name)) results[name] = await measure(given)
  }
  console.log(`\n${JSON.stringify({ machine: machine(), ...results })}`)
}

const folder = await mkdtemp(join(tmpdir(), "runner-connector-bench-"))
try {
  const database = await startDatabase(join(folder, "postgres"))
  await measureAll(folder, database).finally(database.stop)
} finally {
  await rm(folder, { recursive: true, force: true })
}
