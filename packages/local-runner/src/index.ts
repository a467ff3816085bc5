export * as InProcessRunner from "./InProcessRunner.ts"
export * as JobType from "./jobs/JobType.ts"
export * as LocalRunner from "./LocalRunner.ts"
