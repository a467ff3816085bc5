// Mutants that cannot change what a caller observes, each with its reason.
import { readFileSync } from "node:fs"

const entries = JSON.parse(readFileSync(new URL("./equivalent.json", import.meta.url), "utf8"))

const plain = (text) => text.replaceAll(/\s+/g, " ").trim()

const fits = ({ after, before, file }, mutant) =>
  mutant.id.includes(`/${file}#`) &&
  plain(mutant.before).startsWith(before) &&
  (after === undefined || plain(mutant.after) === after)

/** Leaves out the mutants on the list. Throws when an entry fits none of a mutated file: it is out of date. */
export const withoutEquivalent = (mutants) => {
  const used = new Set()
  const left = mutants.filter((mutant) => {
    const entry = entries.find((one) => fits(one, mutant))
    used.add(entry)
    return entry === undefined
  })
  for (const entry of entries) {
    const isMutated = mutants.some(({ id }) => id.includes(`/${entry.file}#`))
    if (isMutated && !used.has(entry)) throw new Error(`equivalent.json: nothing fits ${JSON.stringify(entry)}`)
  }
  return left
}
