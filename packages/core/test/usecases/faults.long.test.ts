import { faultScenarios } from "../support/faultScenarios.ts"
import { injectFaults } from "../support/injectFaults.ts"

injectFaults(faultScenarios, "others")
