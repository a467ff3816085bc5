import { asideScenarios } from "../support/asideScenarios.ts"
import { injectFaults } from "../support/injectFaults.ts"

injectFaults(asideScenarios, "others")
