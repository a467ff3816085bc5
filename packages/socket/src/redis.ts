export * as RedisNotifier from "./adapters/RedisNotifier.ts"
