export * as SqlJobStore from "./SqlJobStore.ts"
export * as SqlRunnerStore from "./SqlRunnerStore.ts"
export * as SqlStores from "./SqlStores.ts"
export * as SqlVideoStore from "./SqlVideoStore.ts"
