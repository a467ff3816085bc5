export * as PrivateAddresses from "./PrivateAddresses.ts"
export * as Webhooks from "./Webhooks.ts"
