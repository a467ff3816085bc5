// The result of a run.
import { sourceOf } from "./order.mjs"

const percent = (part, whole) => `${whole === 0 ? 100 : Math.round((1000 * part) / whole) / 10} %`

/**
 * Prints the share of detected mutants of each file, and each mutant that survived. Returns the ids of the latter. Mutants
 * that only imports reach cannot be enabled and are not counted.
 */
export const report = (mutants, { imported, killed, reaching }) => {
  const counted = mutants.filter(({ id }) => reaching.has(id) || !imported.has(id))
  const byFile = new Map()
  for (const mutant of counted) {
    const file = sourceOf(mutant.id)
    byFile.set(file, [...(byFile.get(file) ?? []), mutant])
  }
  for (const [file, all] of byFile) {
    const alive = all.filter(({ id }) => !killed.has(id))
    console.log(
      `${percent(all.length - alive.length, all.length)}\t${all.length - alive.length}/${all.length}\t${file}`
    )
    for (const { after, before, id, line } of alive) {
      const short = (text) => text.replaceAll(/\s+/g, " ").slice(0, 70)
      console.log(
        `\t${reaching.has(id) ? "survived" : "no test "}\t${file}:${line}\t${short(before)}  ->  ${short(after)}`
      )
    }
  }
  const dead = counted.filter(({ id }) => killed.has(id)).length
  console.log(`${dead} of ${counted.length} mutants killed: ${percent(dead, counted.length)}`)
  console.log(`${mutants.length - counted.length} more are evaluated only when files are imported and were not tried.`)
  return counted.flatMap(({ id }) => (killed.has(id) ? [] : id))
}
