import { accessibleCase, screenCases } from "./consoleCases/screens.ts"
import { onStage } from "./support/consoleStage.ts"

/** `consoleStates.long.test.ts` has the other looks, and more cases. */
onStage("the console", (it) => {
  accessibleCase(it, [["light", 1280]])
  screenCases(it)
})
