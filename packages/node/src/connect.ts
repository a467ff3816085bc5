import { Effect, Scope } from "effect"
import type { Connector } from "./api/Connector.ts"
import { events } from "./calls/events.ts"
import { figures } from "./calls/figures.ts"
import { jobs } from "./calls/jobs.ts"
import { registrationTokens, runners } from "./calls/runners.ts"
import { store } from "./calls/uploads.ts"
import { videos } from "./calls/videos.ts"
import { webhooks } from "./calls/webhooks.ts"
import { work } from "./calls/work.ts"
import { consoleOf } from "./http/console.ts"
import { makeRequests } from "./http/Handler.ts"
import type { ConnectorOptions } from "./options/ConnectorOptions.ts"
import { readOptions } from "./options/readOptions.ts"
import { type Engine, start } from "./runtime/Engine.ts"

/** A connector with the runtime below it. */
export interface Started {
  readonly connector: Connector
  readonly engine: Engine
}

/** Reads the options, starts everything, and makes the calls. */
export const connect = async (options: ConnectorOptions): Promise<Started> => {
  const engine = await start(readOptions(options))
  const { drained, fetch, handler, serve } = await makeRequests(engine)
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= engine.close(drained)
    return closed
  }
  const connector: Connector = {
    ...work(engine),
    ...figures(engine),
    handler,
    fetch,
    serve,
    console: consoleOf(engine),
    attach: (server) => Effect.runSync(Scope.extend(engine.late.attach(server, engine.endStreams), engine.scope)),
    videos: videos(engine),
    jobs: jobs(engine),
    runners: runners(engine),
    registrationTokens: registrationTokens(engine),
    webhooks: webhooks(engine),
    store: store(engine),
    events: events(engine),
    close,
    [Symbol.asyncDispose]: close
  }
  return { connector, engine }
}
