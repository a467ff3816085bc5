import { editingCases } from "./consoleCases/editing.ts"
import { stateCases } from "./consoleCases/states.ts"
import { onStage } from "./support/consoleStage.ts"

onStage("states of the console", (it) => {
  stateCases(it)
  editingCases(it)
})
