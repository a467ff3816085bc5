export {
  aFile,
  anAudioFile,
  aPicture,
  aVideo,
  NoJob,
  RunnerRefused,
  type TestFile,
  type TestPicture,
  type TestVideo,
  unreadable
} from "@runner-connector/core/testing"
export {
  createTestConnector,
  type TestConnector,
  type TestConnectorOptions,
  type TestDuration,
  type TestStorage,
  type TestTime
} from "./createTestConnector.ts"
export type { TakeOptions, TestPayload, TestRunner } from "./TestRunner.ts"
