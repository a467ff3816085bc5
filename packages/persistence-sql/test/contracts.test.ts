import {
  jobQueueContract,
  jobStoreContract,
  runnerStoreContract,
  uploadStoreContract,
  videoStoreContract
} from "@runner-connector/contracts"
import { Layer } from "effect"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const servers: ReadonlyArray<readonly [name: string, url: string | undefined]> = [
  ["embedded PostgreSQL", undefined],
  ...(process.env.TEST_DATABASE_URL
    ? [["PostgreSQL at TEST_DATABASE_URL", process.env.TEST_DATABASE_URL] as const]
    : [])
]

for (const [name, url] of servers) {
  const { database } = usePostgres(url)
  const stores = Layer.provide(SqlStores.layerStores, database)
  jobStoreContract(name, stores)
  jobQueueContract(name, stores)
  runnerStoreContract(name, stores)
  uploadStoreContract(name, stores)
  videoStoreContract(name, stores)
}
