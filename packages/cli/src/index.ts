export type { Host } from "./Host.ts"
export { runMain } from "./run.ts"
