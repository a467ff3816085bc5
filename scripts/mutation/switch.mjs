// The switch that mutated sources query. At most one mutant is enabled. The switch records which mutants a test
// reaches, and which are reached only during imports. The latter cannot be enabled later.
globalThis.__mutation ??= { active: undefined, isTesting: false, reached: new Set(), imported: new Set() }
globalThis.__mutant ??= (id) => {
  const { active, imported, isTesting, reached } = globalThis.__mutation
  ;(isTesting ? reached : imported).add(id)
  return active === id
}
