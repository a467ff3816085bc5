import { Config, Duration, Option } from "effect"
import { describe, expect, it } from "vitest"
import { fillTables } from "../../examples/server/src/docs/settingTables.ts"
import { describedSettings } from "../../packages/cli/src/installation/describedSettings.ts"

const described = Config.withDescription

const config = Config.all({
  port: Config.withDefault(described(Config.port("PORT"), "Listening port."), 9000),
  key: Config.option(Config.redacted(described(Config.string("KEY"), "Default: from the machine. A key."))),
  parts: Config.option(
    Config.all({
      size: Config.withDefault(described(Config.integer("PART_SIZE"), "Bytes."), 3 * 1024 ** 3),
      pause: described(Config.withDefault(Config.duration("PART_PAUSE"), Duration.hours(36)), "A pause."),
      names: Config.map(described(Config.array(Config.string(), "PART_NAMES"), "Names."), (names) => names.length)
    })
  )
})

describe("the tables of settings", () => {
  it("have every variable with its default and its description", () => {
    const document =
      "# A\n<!-- settings: KEY PORT -->\nold\n<!-- end of settings -->\n<!-- settings: PART_* -->\n<!-- end of settings -->\n"
    const { problems, text } = fillTables(document, describedSettings(config))
    expect(problems).toEqual([])
    expect(text.split("\n").filter((line) => line.startsWith("| `"))).toEqual([
      "| `KEY` | from the machine | A key. |",
      "| `PORT` | 9000 | Listening port. |",
      "| `PART_SIZE` | 3 GiB | Bytes. |",
      "| `PART_PAUSE` | 36 hours | A pause. |",
      "| `PART_NAMES` | unset | Names. |"
    ])
    expect(fillTables(text, describedSettings(config)).text).toBe(text)
  })

  it("miss no setting, and name none that does not exist", () => {
    const document = "<!-- settings: KEY OTHER -->\n<!-- end of settings -->"
    const undescribed = Config.all([Config.string("KEY"), Config.map(Config.string("HOST"), Option.some)])
    expect(fillTables(document, describedSettings(undescribed)).problems).toEqual([
      "OTHER: no setting has this name",
      "KEY: give the setting a description with Config.withDescription",
      "HOST: give the setting a description with Config.withDescription",
      "HOST: add the name to a table of the document, in its comment"
    ])
  })
})
