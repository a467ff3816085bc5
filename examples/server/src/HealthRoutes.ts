import { Effect } from "effect"
import { Health } from "./Health.ts"
import { json, type Routes } from "./routes.ts"

const unavailable = () => Response.json({ status: "unavailable" }, { status: 503 })

/** Probes of load balancers and supervisors. */
export const healthRoutes: Routes<Health> = [
  // An answer shows that the process is alive. It does not depend on other services: a restart would not repair them.
  { method: "GET", path: "/healthz", answer: () => Effect.succeed(json({ status: "ok" })) },
  {
    method: "GET",
    path: "/readyz",
    answer: () =>
      Effect.flatMap(Health, ({ isReady }) =>
        Effect.map(isReady, (ready) => (ready ? json({ status: "ok" }) : unavailable()))
      )
  }
]
