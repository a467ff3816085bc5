export * as PostgresNotifier from "./adapters/PostgresNotifier.ts"
