import { Command } from "@effect/cli"
import type { FileSystem, Path } from "@effect/platform"
import { Console, Effect } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import type { Checked } from "../doctor/Check.ts"
import { checkDatabase } from "../doctor/database.ts"
import { checkDisk, checkFfmpeg, checkStorage } from "../doctor/files.ts"
import { checkNetwork } from "../doctor/network.ts"
import type { Installation } from "../installation/Installation.ts"
import { listOptions, printJson } from "../output.ts"
import { Refusal } from "../Refusal.ts"

const lineOf = ({ check, fact, outcome, remedy }: Checked): string =>
  `${outcome.padEnd(7)}  ${check.padEnd(10)}  ${fact}.${remedy === "" ? "" : ` ${remedy}`}`

const checks = Effect.all([
  checkDatabase,
  Effect.all([checkStorage, checkFfmpeg, checkDisk], { concurrency: 3 }),
  checkNetwork
]).pipe(Effect.map((groups) => groups.flat()))

export const doctorCommand: CommandOf<"doctor", Installation | FileSystem.FileSystem | Path.Path> = Command.make(
  "doctor",
  { json: listOptions.json },
  ({ json }) =>
    Effect.gen(function* () {
      const found = yield* checks
      yield* json ? printJson(found) : Effect.forEach(found, (one) => Console.log(lineOf(one)), { discard: true })
      const failed = found.filter(({ outcome }) => outcome === "failed").length
      if (failed > 0) yield* new Refusal({ message: `${failed} of ${found.length} checks failed.` })
    })
).pipe(
  Command.withDescription("Checks database, storage, FFmpeg, clock, network and disk. One line each, with a remedy")
)
