export * as H3Runners from "./H3Runners.ts"
export { ListenError } from "./listen.ts"
export * as NodeMiddleware from "./NodeMiddleware.ts"
export * as TrustedProxies from "./TrustedProxies.ts"
