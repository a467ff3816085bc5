import { Command } from "@effect/cli"
import { Effect } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import type { Host } from "../Host.ts"
import { json, printRows } from "../output.ts"

/** Lists the settings of the program. */
export const settingsCommand = ({ settings }: Host): CommandOf<"settings", never> =>
  Command.make("settings", { json }, ({ json }) =>
    Effect.flatMap(settings, (all) =>
      json
        ? printRows(
            [...all].map((setting) => ({ ...setting })),
            "",
            true
          )
        : printRows(
            all.map(({ name, origin, secret, value }) => ({ name, value: secret ? "(secret)" : value, origin })),
            ""
          )
    )
  ).pipe(Command.withDescription("Lists the effective settings of this command with their origin, without secrets"))
