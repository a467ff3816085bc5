import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { freePort, temporaryFolder } from "../e2e/support/workspace.ts"
import { certificate } from "./certificate.ts"
import { run, type ServiceError, start, untilReady } from "./programs.ts"
import { accepts, type Proxy } from "./proxy.ts"

const published = new URL("../../deploy/nginx/runner-connector.conf", import.meta.url)

type Changes = ReadonlyArray<readonly [pattern: RegExp, by: string]>

/** Replaces a line of the published file. Dies when it has no such line, so that the test cannot pass without it. */
const replacing = (text: string, changes: Changes): string =>
  changes.reduce((changed, [pattern, by]) => {
    if (!pattern.test(changed)) throw new Error(`deploy/nginx has no ${pattern}`)
    return changed.replaceAll(pattern, by)
  }, text)

/**
 * The main file, which the published file is included in. Everything that nginx writes is in the folder. A single process,
 * because a killed master would leave its workers.
 */
const mainFile = (folder: string): string => `
daemon off;
master_process off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${folder}/site.conf;
}
`

/** The published configuration with these changes, in front of the servers on these ports of this machine. */
const launch = (ports: ReadonlyArray<number>, port: number, folder: string, changes: Changes) =>
  Effect.gen(function* () {
    const plainPort = yield* freePort
    const configuration = join(folder, "nginx.conf")
    const servers = ports.map((upstream) => `server 127.0.0.1:${upstream} max_fails=1 fail_timeout=5s;`)
    yield* Effect.promise(async () => {
      const site = replacing(await readFile(published, "utf8"), [
        [/^ *listen \[::\].*\n/gm, ""],
        [/listen 80;/g, `listen 127.0.0.1:${plainPort};`],
        [/^ *server 127\.0\.0\.1:9001 .*\n/gm, ""],
        [/server 127\.0\.0\.1:9000 max_fails=1 fail_timeout=5s;/g, servers.join("\n    ")],
        ...changes
      ])
      await writeFile(join(folder, "site.conf"), site)
      await writeFile(configuration, mainFile(folder))
    })
    const args = ["-p", folder, "-e", "stderr", "-c", configuration]
    yield* run("nginx", [...args, "-t"])
    const program = yield* start("nginx", args)
    yield* untilReady(`nginx on port ${port}`, accepts(port), [program])
  })

/** Starts nginx with the published configuration in front of the server on this port. */
export const nginx = (upstream: number): Effect.Effect<Proxy, ServiceError, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* freePort
    const { file, keyFile } = yield* certificate(folder)
    yield* launch([upstream], port, folder, [
      [/listen 443 /g, `listen 127.0.0.1:${port} `],
      [/\/etc\/ssl\/media\.example\.pem/g, file],
      [/\/etc\/ssl\/media\.example\.key/g, keyFile]
    ])
    return { port, url: `https://127.0.0.1:${port}`, certificate: file }
  })

/** Starts nginx in front of several servers, without TLS. Returns its address. */
export const nginxWithoutTls = (upstreams: ReadonlyArray<number>): Effect.Effect<string, ServiceError, Scope.Scope> =>
  Effect.gen(function* () {
    const port = yield* freePort
    yield* launch(upstreams, port, yield* temporaryFolder, [
      [/listen 443 ssl http2;/g, `listen 127.0.0.1:${port};`],
      [/^ *ssl_certificate.*\n/gm, ""]
    ])
    return `http://127.0.0.1:${port}`
  })
