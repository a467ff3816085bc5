export { type FileStorageHarness, fileStorageContract } from "./fileStorage.ts"
