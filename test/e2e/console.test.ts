import { panelCases } from "./consoleCases/panels.ts"
import { screenCases } from "./consoleCases/screens.ts"
import { onStage } from "./support/consoleStage.ts"

onStage("the console", (it) => {
  screenCases(it)
  panelCases(it)
})
