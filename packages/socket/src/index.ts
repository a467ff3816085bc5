export * as SocketNotifier from "./SocketNotifier.ts"
