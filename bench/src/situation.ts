import type { Transcoding } from "@runner-connector/core"
import { freePort } from "../../test/fixtures/freePort.mjs"
import { type Child, start } from "./children.ts"
import type { Database } from "./database.ts"

/** The environment of all suites. */
export interface Situation {
  /** On the measured disk. Removed afterwards. */
  readonly folder: string
  readonly databaseUrl: string
  /** The process of the database whose children are the backends. */
  readonly databasePid: number
  /** A connector in its own process on the shared database. */
  readonly startServer: (env?: Readonly<Record<string, string>>) => Promise<Child<number>>
}

export const makeSituation = (folder: string, database: Pick<Database, "pid" | "url">): Situation => ({
  folder,
  databaseUrl: database.url,
  databasePid: database.pid,
  startServer: async (env = {}) =>
    start<number>("./server.ts", { FOLDER: folder, DATABASE_URL: database.url, PORT: String(await freePort()), ...env })
})

/** Submits a stored video to the server. Resolves with the video's id when its jobs exist. */
export const submitVideo = (server: Child<number>, video: Transcoding.TranscodeVideo): Promise<unknown> =>
  server.ask("video", video)
