export { countChanges, endedAttempt, initialise } from "./countChanges.ts"
export { logChanges } from "./logChanges.ts"
