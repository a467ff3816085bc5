import { navigate, to } from "../state/router.ts"

const field = () => document.querySelector<HTMLInputElement>("#files")
let isWanted = false

/** Opens the browser's choice of files. The screen of videos has its field, so that screen is shown first. */
export const openFiles = (): void => {
  isWanted = field() === null
  if (isWanted) navigate(to("videos"))
  else field()?.click()
}

/** Opens the choice of files that was requested on another screen. */
export const openWantedFiles = (): void => {
  if (isWanted) field()?.click()
  isWanted = false
}
