export * as LateServers from "./LateServers.ts"
export * as SocketNotifier from "./SocketNotifier.ts"
