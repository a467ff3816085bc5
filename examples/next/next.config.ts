import type { NextConfig } from "next"

const config: NextConfig = {
  // It loads optional packages on demand, which a bundler cannot follow.
  serverExternalPackages: ["@runner-connector/node"]
}

export default config
