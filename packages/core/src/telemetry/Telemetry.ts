export { countChanges, initialise } from "./countChanges.ts"
export { logChanges } from "./logChanges.ts"
