// Without `layer`: job types that are offered by another way than `RunnerConnector.layerWith` would be ignored.
export { type BuiltIn, builtIn } from "./all.ts"
export { filesIn } from "./filesIn.ts"
export {
  type AnyJobType,
  type Attempt,
  CompletionError,
  type JobType,
  JobTypes,
  type JobUrls,
  type KeptFiles,
  keptFiles,
  LiveOver,
  make,
  type Needs,
  type OpenJobType,
  orCompletionError,
  type Publication,
  UpdateRefused,
  type Updates,
  type VideoChange
} from "./JobType.ts"
