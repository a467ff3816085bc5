import type { OptionName } from "./options.ts"

/** A place that settings come from. */
export interface Source {
  readonly values: ReadonlyMap<OptionName, ReadonlyArray<string>>
  /** Problems with names, before any value is read. */
  readonly problems: ReadonlyArray<string>
  /** Returns the name of an option in this place, for messages. */
  readonly nameOf: (name: string) => string
}

/** The values of an option, and its name where they were found. */
export interface Found {
  readonly values: ReadonlyArray<string>
  readonly shown: string
}

/** Returns the values from the first source that has the option. */
export const lookUp = (sources: ReadonlyArray<Source>, name: OptionName): Found | undefined => {
  for (const { nameOf, values } of sources) {
    const found = values.get(name)
    if (found !== undefined) return { values: found, shown: nameOf(name) }
  }
  return undefined
}
