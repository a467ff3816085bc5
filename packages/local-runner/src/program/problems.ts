import { nearestName } from "@runner-connector/core"
import { Schema } from "effect"

/** The settings are invalid. The message has one line for each problem. */
export class InvalidSettings extends Schema.TaggedError<InvalidSettings>()("InvalidSettings", {
  problems: Schema.NonEmptyArray(Schema.String)
}) {
  override get message(): string {
    return this.problems.join("\n")
  }
}

/** Describes a name that is not known, with the name that it probably means. */
export const unknownName = (name: string, known: ReadonlyArray<string>): string => {
  const meant = nearestName(name, known)
  return `${name}: unknown${meant === undefined ? "" : `, ${meant} is similar`}`
}
