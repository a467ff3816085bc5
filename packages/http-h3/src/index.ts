export * as H3Playback from "./H3Playback.ts"
export * as H3Runners from "./H3Runners.ts"
export { ListenError } from "./listen.ts"
export * as TrustedProxies from "./TrustedProxies.ts"
