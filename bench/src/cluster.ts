// Several connectors that share one port, as `WORKERS` runs them.
import cluster from "node:cluster"
import { sayReady } from "./children.ts"

const count = Number(process.env.WORKERS)
cluster.setupPrimary({ exec: String(process.env.PROGRAM), args: [] })
cluster.schedulingPolicy = cluster.SCHED_RR

const ready = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = cluster.fork()
    worker.once("exit", (code) => reject(new Error(`A worker ended with ${code}`)))
    worker.on("message", ({ kind }: { readonly kind: string }) => {
      if (kind === "ready") resolve()
    })
  })

process.once("SIGTERM", () => {
  const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => (worker === undefined ? [] : [worker]))
  const ended = workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve)))
  for (const worker of workers) worker.process.kill("SIGTERM")
  void Promise.all(ended).then(() => process.exit())
})

// The first one migrates the tables.
await ready()
await Promise.all(Array.from({ length: count - 1 }, ready))
sayReady(Number(process.env.PORT))
