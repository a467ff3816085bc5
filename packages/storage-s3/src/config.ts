// The settings without the SDK, for hosts that load the storage on demand.
export * as S3DeliveryOptions from "./deliveryOptions.ts"
export * as S3StorageOptions from "./options.ts"
