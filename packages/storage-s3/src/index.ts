export * as S3Delivery from "./S3Delivery.ts"
export * as S3Storage from "./S3Storage.ts"
