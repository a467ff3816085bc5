import "./site.ts"
import "./css/index.css"
import { render } from "preact"
import { App } from "./App.tsx"

const element = document.querySelector("#app")
if (element !== null) render(<App />, element)
