export { eventually, turn, until, type WaitOptions } from "./eventually.ts"
export {
  anAudioFile,
  aPicture,
  aPlaylist,
  aVideo,
  mediaName,
  type TestPicture,
  type TestVideo,
  unreadable
} from "./media.ts"
export { RunnerCalls, RunnerRefused, type TestClaim } from "./RunnerCalls.ts"
export { aCaptionsFile, aFile, resultFor, type TestFile, type TestPayload } from "./results.ts"
export { TestFiles } from "./TestFiles.ts"
export * as Testing from "./Testing.ts"
export { type GivenPayload, NoJob, type TakeOptions, type TestRunner } from "./TestRunner.ts"
export { TestRunners } from "./TestRunners.ts"
