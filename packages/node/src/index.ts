export type { Bytes } from "./api/Bytes.ts"
export type { CallOptions } from "./api/CallOptions.ts"
export type { Connector } from "./api/Connector.ts"
export type { Console, ConsoleOptions } from "./api/Console.ts"
export type { EventOptions, Events } from "./api/Events.ts"
export type { Figures } from "./api/Figures.ts"
export type { Jobs, Waiting } from "./api/Jobs.ts"
export type {
  AnyJobType,
  CompletedAttempt,
  CreateJob,
  JobAttempt,
  JobInputUrls,
  JobOutcome,
  JobType,
  JobWithPayload,
  ResultFile
} from "./api/JobTypes.ts"
export type { Page, PageOptions } from "./api/Page.ts"
export type { Fetch, Handler } from "./api/Requests.ts"
export type { CreatedRegistrationToken, RegistrationTokens, Runners } from "./api/Runners.ts"
export type { Store, StoredFile, StoreOptions } from "./api/Store.ts"
export type { UrlOptions, Videos, VideoUrls } from "./api/Videos.ts"
export type { Webhooks, WebhookWithSecret } from "./api/Webhooks.ts"
export type { TranscodeRequest, VideoSource, Work } from "./api/Work.ts"
export { createConnector } from "./createConnector.ts"
export { type AnyConnectorError, type ErrorCode, errorCodes, isConnectorError } from "./errors/codes.ts"
export * from "./errors/index.ts"
export { defineJobType } from "./jobTypes/defineJobType.ts"
export type * from "./model.ts"
export type { ApiOptions, IsAdministrator, UploadOptions } from "./options/ApiOptions.ts"
export type {
  ConnectorOptions,
  LocalRunnerOptions,
  S3Delivery,
  S3Options,
  StorageOptions
} from "./options/ConnectorOptions.ts"
export type { LogEntry, Logger, LogLevel } from "./options/LogEntry.ts"
export type { Claims, PlaybackAccess, PlaybackOptions, SignedAccess } from "./options/PlaybackOptions.ts"
