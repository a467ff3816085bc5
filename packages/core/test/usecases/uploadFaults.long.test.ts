import { injectFaults } from "../support/injectFaults.ts"
import { uploadScenario } from "../support/uploadScenario.ts"

injectFaults([uploadScenario], "others")
