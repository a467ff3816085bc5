import { t } from "../texts.ts"

/** A part of a video in seconds, in steps of a tenth. */
export interface Part {
  readonly start: number
  readonly end: number
}

/** The smallest step of a time that a cut allows. */
export const STEP = 0.1

const tenths = (seconds: number) => Math.round(seconds * 10) / 10

/** The whole video as a part. It ends with the last full tenth of a second. */
export const wholeOf = (duration: number | null): Part => ({ start: 0, end: Math.floor((duration ?? 0) * 10) / 10 })

/** Moves one end of the part, at most to a tenth of a second from the other end. */
export const withEnd = (part: Part, whole: Part, name: keyof Part, seconds: number): Part => {
  const wanted = tenths(Number.isFinite(seconds) ? seconds : whole[name])
  return name === "start"
    ? { ...part, start: Math.max(0, Math.min(wanted, tenths(part.end - STEP))) }
    : { ...part, end: Math.min(whole.end, Math.max(wanted, tenths(part.start + STEP))) }
}

const cutOf = (part: Part, whole: Part): ReadonlyArray<object> => {
  const start = part.start > 0 ? { start: part.start } : {}
  const end = part.end < whole.end ? { end: part.end } : {}
  const options = { ...start, ...end }
  return Object.keys(options).length === 0 ? [] : [{ name: "cut", options }]
}

/** The tasks that add a file, in order of application. */
export const fileTasks = [
  ["add-watermark", t.edit.watermark, "image/*"],
  ["add-intro", t.edit.intro, "video/*,.mkv"],
  ["add-outro", t.edit.outro, "video/*,.mkv"]
] as const

/** The form in the server's format: a list of tasks, and the file of each task under its number. */
export const formOf = (given: FormData, part: Part, whole: Part): FormData => {
  const form = new FormData()
  const tasks = [...cutOf(part, whole)]
  for (const [name] of fileTasks) {
    const file = given.get(name)
    if (!(file instanceof File) || file.size === 0) continue
    tasks.push({ name, options: {} })
    form.set(`task-${tasks.length}`, file)
  }
  if (tasks.length === 0) throw new Error(t.edit.nothing)
  form.set("tasks", JSON.stringify(tasks))
  if (given.get("into") === "new") form.set("into", "new")
  return form
}
