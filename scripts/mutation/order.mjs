// Which tests run against which mutants first.

/** Tests that take longer, in milliseconds, run only against mutants that no quicker test reaches. */
const SLOW = 2_000

export const sourceOf = (id) => id.split("#")[0]

/** Returns the tests that reach each mutant, with their cost: quick tests that reach little else cost little. */
export const testsOf = (entries) => {
  const found = new Map()
  for (const { reached, test, took } of entries) {
    const one = { test, cost: reached.length * (took + 5), isSlow: took > SLOW }
    for (const id of reached) found.set(id, [...(found.get(id) ?? []), one])
  }
  for (const [id, tests] of found) {
    const quick = tests.filter(({ isSlow }) => !isSlow)
    if (quick.length > 0) found.set(id, quick)
  }
  return found
}

/** How many mutants of each source a test has detected, by both. */
const killsIn = (entries) => {
  const kills = new Map()
  for (const { killed, test } of entries) {
    if (killed === undefined) continue
    const key = `${sourceOf(killed)} ${test}`
    kills.set(key, 1 + (kills.get(key) ?? 0))
  }
  return kills
}

/**
 * Takes the next tests of each mutant that remains. Tests that have detected mutants of the same source come first, then
 * those of low cost.
 */
export const takeNext = (reaching, limit, entries) => {
  const killed = new Set(entries.flatMap(({ killed }) => killed ?? []))
  const kills = killsIn(entries)
  const assigned = {}
  for (const [id, tests] of reaching) {
    if (killed.has(id)) continue
    const weight = ({ cost, test }) => cost / (1 + 20 * (kills.get(`${sourceOf(id)} ${test}`) ?? 0))
    tests.sort((one, other) => weight(one) - weight(other))
    for (const { test } of tests.splice(0, limit)) assigned[test] = [...(assigned[test] ?? []), id]
  }
  return assigned
}
