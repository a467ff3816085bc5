import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { adminAccessCases } from "./adminAccess.ts"
import { adminJobCases } from "./adminJobs.ts"
import { adminRunnerCases } from "./adminRunners.ts"
import { asideCases } from "./aside.ts"
import { bringingCases } from "./bringing.ts"
import { changingRunnerCases } from "./changingRunners.ts"
import { describingCases } from "./describing.ts"
import { downloadingCases } from "./downloading.ts"
import { Journal } from "./Journal.ts"
import { leaseCases } from "./lease.ts"
import { liveCases } from "./live.ts"
import { malformedCases } from "./malformed.ts"
import { outageCases } from "./outages.ts"
import { recordedCases } from "./recorded.ts"
import { recordedLiveCases } from "./recordedLive.ts"
import { recordedResultCases } from "./recordedResults.ts"
import { registeringCases } from "./registering.ts"
import { endpointCases, statusCases } from "./statuses.ts"
import { takingCases } from "./taking.ts"
import { uploadingCases } from "./uploading.ts"
import { vodTypeCases } from "./vodTypes.ts"
import * as WireServer from "./WireServer.ts"

const secrecyCases: WireServer.WireCases = (it) => {
  it.effect("of everything above, no token and nothing else that is secret was logged", () =>
    Effect.gen(function* () {
      const { lines, secrets } = yield* Journal
      const logged = lines.join("\n")
      assert.isAbove(lines.length, 100)
      assert.isAbove(secrets.size, 100)
      assert.isUndefined(secrets.shownIn(logged))
    })
  )

  it.effect("and nothing that came in was taken for a defect of the server", () =>
    Effect.gen(function* () {
      const { lines } = yield* Journal
      deepStrictEqual(
        lines.filter((line) => line.includes('"ERROR"')),
        []
      )
    })
  )
}

const asked = <E>(name: string, carrier: WireServer.Carrier<E>, cases: WireServer.WireCases): void =>
  layer(WireServer.layer(carrier), { excludeTestServices: true, timeout: "5 minutes" })(name, (it) => {
    cases(it)
    secrecyCases(it)
  })

/**
 * Contract that PeerTube runners rely on, run against a server through the given carrier. The server uses the real use
 * cases, in-memory stores, and uploads on the real disk.
 */
export const wireContract = <E>(name: string, carrier: WireServer.Carrier<E>): void =>
  asked(`the runner's wire: ${name}`, carrier, (it) => {
    statusCases(it)
    registeringCases(it)
    takingCases(it)
    leaseCases(it)
    downloadingCases(it)
    uploadingCases(it)
    bringingCases(it)
    vodTypeCases(it)
    malformedCases(it)
    asideCases(it)
    recordedCases(it)
    liveCases(it)
    recordedLiveCases(it)
    recordedResultCases(it)
    outageCases(it)
    adminAccessCases(it)
    adminRunnerCases(it)
    changingRunnerCases(it)
    adminJobCases(it)
    describingCases(it)
  })

/**
 * The part of the contract that depends on routing: one answer per endpoint, and malformed names and bodies. For
 * carriers of a handler whose full contract runs over another carrier.
 */
export const wireRoutes = <E>(name: string, carrier: WireServer.Carrier<E>): void =>
  asked(`the routes of the runner's wire: ${name}`, carrier, (it) => {
    endpointCases(it)
    malformedCases(it)
  })
