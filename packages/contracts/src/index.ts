export { eventually, until } from "@runner-connector/core/testing"
export { eventConsumersContract } from "./eventConsumers.ts"
export { Transactions } from "./eventStore/support.ts"
export { eventStoreContract } from "./eventStore.ts"
export { type FileStorageHarness, fileStorageContract } from "./fileStorage.ts"
export * from "./fixtures.ts"
export { jobQueueContract } from "./jobQueue.ts"
export { jobStoreContract } from "./jobStore.ts"
export { type CutSample, mediaCutterContract, remoteMediaCutterContract } from "./mediaCutter.ts"
export {
  mediaProbeContract,
  type RemoteProbeLimits,
  remoteMediaProbeContract
} from "./mediaProbe.ts"
export { mediaRemuxerContract } from "./mediaRemuxer.ts"
export { mediaReportStoreContract } from "./mediaReportStore.ts"
export { type PlaybackAccessHarness, playbackAccessContract } from "./playbackAccess.ts"
export { presenceStoreContract } from "./presenceStore.ts"
export { availableJobs, demandFor, type RunnerNotifierHarness, runnerNotifierContract } from "./runnerNotifier.ts"
export { runnerStoreContract } from "./runnerStore.ts"
export type { Stores } from "./stores.ts"
export { uploadStoreContract } from "./uploadStore.ts"
export { videoStoreContract } from "./videoStore.ts"
export { webhookStoreContract } from "./webhookStore.ts"
