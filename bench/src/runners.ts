import { createHash, randomUUID } from "node:crypto"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { type Child, start } from "./children.ts"
import type { Rows } from "./rows.ts"
import type { Situation } from "./situation.ts"

/** Adds a registration token and returns it. */
export const addRegistrationToken = async (rows: Rows): Promise<string> => {
  const token = `ptrrt-${randomUUID()}`
  const hash = createHash("sha256").update(token).digest("hex")
  await rows.run(
    Effect.flatMap(
      PgClient.PgClient,
      (sql) => sql`INSERT INTO runner_connector.registration_token (token_hash, hint, created_at, updated_at)
        VALUES (${hash}, 'bnch', now(), now())`
    )
  )
  return token
}

/** Starts local runners, each in its own process, and gives them time to register. */
export const startRunners = async (
  situation: Situation,
  rows: Rows,
  { count, port }: { readonly count: number; readonly port: number }
): Promise<{ readonly all: ReadonlyArray<Child<boolean>>; readonly stop: () => Promise<void> }> => {
  const token = await addRegistrationToken(rows)
  const runners = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      start<boolean>("./runner.ts", {
        FOLDER: join(situation.folder, `runner-${token.slice(-8)}-${index}`),
        REGISTRATION_TOKEN: token,
        RUNNER_NAME: `bench ${token.slice(-8)} ${index}`,
        SERVER_URL: `http://127.0.0.1:${port}`
      })
    )
  )
  await sleep(3000)
  return { all: runners, stop: async () => void (await Promise.all(runners.map((runner) => runner.stop()))) }
}
