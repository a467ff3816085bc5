import { Effect, Exit, Scope } from "effect"
import { type Radosgw, radosgw } from "./radosgw.ts"

const VARIABLE = "RUNNER_CONNECTOR_RADOSGW"

/** Vitest calls it before the tests of services. They share one cluster, because its start takes ten seconds. */
export default async (): Promise<() => Promise<void>> => {
  const scope = await Effect.runPromise(Scope.make())
  const started = await Effect.runPromise(
    Scope.extend(radosgw, scope).pipe(Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))))
  )
  process.env[VARIABLE] = JSON.stringify(started)
  return () => Effect.runPromise(Scope.close(scope, Exit.void))
}

/** The S3 service that the tests of this run share. Each test makes its own bucket. */
export const sharedRadosgw = (): Radosgw => {
  const value = process.env[VARIABLE]
  if (value === undefined) throw new Error(`${VARIABLE} is not set: run these tests by npm run test:services`)
  return JSON.parse(value)
}
