export * as Wire from "./wire/index.ts"
export type { Carrier } from "./wire/WireServer.ts"
export { wireContract, wireRoutes } from "./wire/wireContract.ts"
