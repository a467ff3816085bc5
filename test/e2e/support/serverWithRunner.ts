import { join } from "node:path"
import { Effect } from "effect"
import * as ExampleServer from "./ExampleServer.ts"
import * as FormRunner from "./FormRunner.ts"
import * as Footage from "./footage.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/** A new server, a runner whose jobs the test completes, and the files for that. */
export const makeServerWithRunner = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env: { LOCAL_RUNNER: "off", ...env } })
    const footage = yield* Footage.make(yield* temporaryFolder)
    const runner = yield* FormRunner.register(server.url, yield* ExampleServer.registrationToken(server))
    return { server, footage, runner }
  })
