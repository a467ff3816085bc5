export { countChanges } from "./countChanges.ts"
export { logChanges } from "./logChanges.ts"
