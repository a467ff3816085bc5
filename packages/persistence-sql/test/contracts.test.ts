import { PgClient } from "@effect/sql-pg"
import {
  eventConsumersContract,
  eventStoreContract,
  jobQueueContract,
  jobStoreContract,
  mediaReportStoreContract,
  overviewStoreContract,
  presenceStoreContract,
  runnerStoreContract,
  sessionStoreContract,
  stateChangesContract,
  Transactions,
  uploadStoreContract,
  videoStoreContract,
  webhookStoreContract
} from "@runner-connector/contracts"
import { Effect, Layer } from "effect"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const servers: ReadonlyArray<readonly [name: string, url: string | undefined]> = [
  ["embedded PostgreSQL", undefined],
  ...(process.env.TEST_DATABASE_URL
    ? [["PostgreSQL at TEST_DATABASE_URL", process.env.TEST_DATABASE_URL] as const]
    : [])
]

/** Errors of the transaction itself fail the test. */
const transactions = Layer.effect(
  Transactions,
  Effect.map(PgClient.PgClient, (sql) => ({
    run: (effect) => Effect.catchTag(sql.withTransaction(effect), "SqlError", Effect.die) as never
  }))
)

for (const [name, url] of servers) {
  const { database } = usePostgres(url)
  const stores = Layer.provide(SqlStores.layerStores, database)
  eventConsumersContract(name, stores)
  const withTransactions = transactions.pipe(Layer.provideMerge(SqlStores.layerStores), Layer.provide(database))
  eventStoreContract(name, withTransactions)
  stateChangesContract(name, Layer.fresh(withTransactions))
  jobStoreContract(name, stores)
  jobQueueContract(name, stores)
  overviewStoreContract(name, stores)
  presenceStoreContract(name, stores)
  runnerStoreContract(name, stores)
  sessionStoreContract(name, stores)
  uploadStoreContract(name, stores)
  videoStoreContract(name, stores)
  mediaReportStoreContract(name, stores)
  webhookStoreContract(name, stores)
}
