import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readArguments, refuse, wholeNumber } from "./commandLine.ts"
import { type Database, startDatabase } from "./database.ts"
import { goalsOf } from "./goals.ts"
import { endEngine } from "./media.ts"
import { machine, printTable } from "./report.ts"
import { makeRows } from "./rows.ts"
import { makeSituation } from "./situation.ts"
import { full, quick } from "./sizes.ts"
import { suites } from "./suites.ts"

const names = Object.keys(suites)

const help = `Measures and prints tables, then which goals were met, and finally one line of JSON.
Arguments choose suites: ${names.join(", ")}.

  --quick              only checks that the suites run
  --compare URL TOKEN  adds another server of this wire to the suite wire, by a registration token: a runner registers there,
                       takes waiting jobs and gives them back
  --upload-mib NUMBER  the size of large results (256)
  --help               prints this text

Variables:
  SNAPSHOT_SECONDS     the time of the suite snapshot (20 minutes)
  SNAPSHOT_RATE        the jobs that each of its servers is offered in a second (40)
  FILM_SECONDS         the length of the film of the suites chunks and fleet (3600)
  FLEET_SPEED          how much faster simulated runners are than FFmpeg (10)
  FLEETS               how many there are ("1 2 4 8")
  LADDER_SECONDS       the lengths of the clips of the suite ladder ("10 60")
  LADDER_ROUNDS        its rounds, after a first one that does not count (3)
  TRACE                a folder for the spans of servers and runners, a line of JSON for each
  PROFILES             a folder for their CPU profiles`

const { positionals, values } = readArguments(help, {
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    compare: { type: "string" },
    "upload-mib": { type: "string" }
  }
})

const { compare } = values
const urlOf = (text: string): URL => (URL.canParse(text) ? new URL(text) : refuse(`--compare: ${text} is no URL.`))
const others = positionals.filter((name) => !names.includes(name))
const token = (): string => others.shift() ?? refuse("--compare: the registration token is missing.")
const other = compare === undefined ? undefined : { url: urlOf(compare), registrationToken: token() }
if (others.length > 0) refuse(`There is no suite ${others.join(", ")}. There are: ${names.join(", ")}.`)
const named = positionals.filter((name) => names.includes(name))
const chosen = values.quick ? quick : full
const mebibytes = values["upload-mib"]
const sizes = mebibytes === undefined ? chosen : { ...chosen, uploadMiB: wholeNumber("upload-mib", mebibytes) }

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
