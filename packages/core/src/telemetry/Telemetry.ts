export { logChanges } from "../ports/logChanges.ts"
export { countChanges, initialise } from "./countChanges.ts"
