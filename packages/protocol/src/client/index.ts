export { ApiError, type Client, type ClientOptions, type Input, makeClient, pathOf } from "./Client.ts"
export { eventTypes, type ProgressDocument, type StreamEvent } from "./events.ts"
export { resumableUploadsPath } from "./routes.ts"
