/** Returns the number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
const distance = (from: string, to: string): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      )
    }
    beforeLast = last
    last = next
  }
  return last[to.length] ?? 0
}

/** A name that differs in more than a third of its characters is another name. */
const LARGEST_SHARE = 1 / 3

/**
 * Returns the known name that a misspelt name most likely means. Ignores case, and treats `-` and `_` alike. Undefined
 * when no known name is similar.
 */
export const nearestName = (misspelt: string, known: ReadonlyArray<string>): string | undefined => {
  const plain = (name: string) => name.toLowerCase().replaceAll("-", "_")
  const ranked = known
    .map((name) => ({ name, steps: distance(plain(misspelt), plain(name)) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(name.length * LARGEST_SHARE)))
    .sort((a, b) => a.steps - b.steps)
  return ranked[0]?.name
}
