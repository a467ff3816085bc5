import { editingCases } from "./consoleCases/editing.ts"
import { panelCases } from "./consoleCases/panels.ts"
import { screenCases } from "./consoleCases/screens.ts"
import { stateCases } from "./consoleCases/states.ts"
import { onStage } from "./support/consoleStage.ts"

onStage("the console", (it) => {
  screenCases(it)
  stateCases(it)
  panelCases(it)
  editingCases(it)
})
