import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { freePort, temporaryFolder } from "../e2e/support/workspace.ts"
import { type ServiceError, start, untilReady } from "./programs.ts"
import { type Redis, redis, redisAnswers } from "./redis.ts"

/** A master and a replica of Redis, and three Sentinels that watch them. */
export interface Sentinel {
  readonly master: Redis
  readonly replica: Redis
  readonly name: string
  /** `host:port`, separated by commas. */
  readonly addresses: string
  readonly ports: ReadonlyArray<number>
}

const NAME = "runners"
const SENTINELS = 3

/** Two of three Sentinels must agree. They notice a dead master after a second. */
const configuration = (port: number, masterPort: number): string => `port ${port}
bind 127.0.0.1
sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2
sentinel down-after-milliseconds ${NAME} 1000
sentinel failover-timeout ${NAME} 5000
`

const startSentinel = (masterPort: number) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* freePort
    const file = join(folder, "sentinel.conf")
    writeFileSync(file, configuration(port, masterPort))
    return { port, program: yield* start("redis-sentinel", [file]) }
  })

export const sentinel: Effect.Effect<Sentinel, ServiceError, Scope.Scope> = Effect.gen(function* () {
  const master = yield* redis()
  const replica = yield* redis({ replicaOf: master.port })
  const sentinels = yield* Effect.replicateEffect(startSentinel(master.port), SENTINELS)
  const isComplete = new RegExp(`status=ok,.*slaves=1,sentinels=${SENTINELS}`)
  for (const { port, program } of sentinels) {
    yield* untilReady(`Sentinel on port ${port}`, redisAnswers(port, "INFO sentinel", isComplete), [program])
  }
  const ports = sentinels.map(({ port }) => port)
  return { master, replica, name: NAME, ports, addresses: ports.map((port) => `127.0.0.1:${port}`).join(",") }
})
