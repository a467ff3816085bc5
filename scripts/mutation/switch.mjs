// The switch that mutated sources ask. At most one mutant is on. The switch records which mutants a test reaches, and which
// are reached only while files are imported: those cannot be switched on later.
globalThis.__mutation ??= { active: undefined, isTesting: false, reached: new Set(), imported: new Set() }
globalThis.__mutant ??= (id) => {
  const { active, imported, isTesting, reached } = globalThis.__mutation
  ;(isTesting ? reached : imported).add(id)
  return active === id
}
