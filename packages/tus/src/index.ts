export * as ResumableUploads from "./ResumableUploads.ts"
