import { editingCases } from "./consoleCases/editing.ts"
import { panelCases } from "./consoleCases/panels.ts"
import { accessibleCase } from "./consoleCases/screens.ts"
import { stateCases } from "./consoleCases/states.ts"
import { onStage } from "./support/consoleStage.ts"

onStage("states of the console", (it) => {
  accessibleCase(it, [
    ["dark", 1280],
    ["light", 390]
  ])
  stateCases(it)
  editingCases(it)
  panelCases(it)
})
