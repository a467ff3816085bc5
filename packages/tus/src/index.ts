export * as ApiUploads from "./ApiUploads.ts"
export * as ResumableUploads from "./ResumableUploads.ts"
