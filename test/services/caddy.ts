import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { freePort, temporaryFolder } from "../e2e/support/workspace.ts"
import { certificate } from "./certificate.ts"
import { type ServiceError, start, untilReady } from "./programs.ts"
import { accepts, type Proxy } from "./proxy.ts"

const published = new URL("../../deploy/caddy/Caddyfile", import.meta.url)

/** Caddy cannot obtain a certificate for a loopback address, and may not open further ports. */
const withCertificate = (text: string, file: string, keyFile: string): string => {
  const changed = text.replace("\treverse_proxy ", `\ttls ${file} ${keyFile}\n\treverse_proxy `)
  if (changed === text) throw new Error("deploy/caddy has no reverse_proxy")
  return `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${changed}`
}

/** Starts Caddy with the published configuration in front of the server on this port. */
export const caddy = (upstream: number): Effect.Effect<Proxy, ServiceError, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* freePort
    const { file, keyFile } = yield* certificate(folder)
    const configuration = join(folder, "Caddyfile")
    yield* Effect.promise(async () =>
      writeFile(configuration, withCertificate(await readFile(published, "utf8"), file, keyFile))
    )
    const url = `https://127.0.0.1:${port}`
    const program = yield* start("caddy", ["run", "--config", configuration, "--adapter", "caddyfile"], {
      SITE_ADDRESS: url,
      SERVERS: `127.0.0.1:${upstream}`,
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder
    })
    yield* untilReady(`Caddy on port ${port}`, accepts(port), [program])
    return { port, url, certificate: file }
  })
