import { Config } from "effect"

/** Who may read `/metrics`. */
export type MetricsAccess = "admin" | "loopback" | "anybody"

/** The setting of `/metrics`. */
export const metricsAccess: Config.Config<MetricsAccess> = Config.withDefault(
  Config.withDescription(
    Config.literal("admin", "loopback", "anybody")("METRICS_ACCESS"),
    "Who may read `/metrics`. `admin`: with the administrator's token. `loopback`: also programs on this machine that send no `X-Forwarded-For`. `anybody`: everybody."
  ),
  "admin"
)
