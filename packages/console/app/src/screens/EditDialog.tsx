import { useState } from "preact/hooks"
import { sendForm } from "../api/client.ts"
import type { Video } from "../api/documents.ts"
import { clock, percent } from "../state/format.ts"
import { announce } from "../state/news.ts"
import { titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { FormDialog } from "../ui/Dialog.tsx"
import { Filmstrip } from "./Filmstrip.tsx"

const fileTasks = [
  ["add-watermark", t.edit.watermark, "image/*"],
  ["add-intro", t.edit.intro2, "video/*,.mkv"],
  ["add-outro", t.edit.outro, "video/*,.mkv"]
] as const

interface Cut {
  readonly start: number | undefined
  readonly end: number | undefined
}

const taskOf = ({ end, start }: Cut): ReadonlyArray<object> => {
  if (start === undefined && end === undefined) return []
  if (start !== undefined && end !== undefined && start >= end) throw new Error(t.edit.order)
  return [{ name: "cut", options: { start, end } }]
}

/** The form in the server's format: a list of tasks, and the file of each task under its number. */
const formOf = (given: FormData, cut: Cut) => {
  const form = new FormData()
  const tasks = [...taskOf(cut)]
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

const Times = (props: { readonly whole: number; readonly cut: Cut; readonly onChange: (cut: Cut) => void }) => {
  const { cut, onChange, whole } = props
  const field = (name: "start" | "end", label: string, min: number, max: number) => (
    <label>
      {label}{" "}
      <input
        name={name}
        type="number"
        inputMode="numeric"
        min={min}
        max={whole > 0 ? max : undefined}
        step={1}
        placeholder={t.edit[name]}
        value={cut[name] ?? ""}
        onInput={({ currentTarget: { value, valueAsNumber } }) =>
          onChange({ ...cut, [name]: value === "" ? undefined : valueAsNumber })
        }
      />
    </label>
  )
  return (
    <div class="inline">
      {field("start", t.edit.from, 0, whole - 1)}
      {field("end", t.edit.to, 1, whole)}
    </div>
  )
}

/** Cuts a video and adds other files to it. Times are whole seconds, as runners take them. */
export const EditDialog = ({ onClose, video }: { readonly video: Video; readonly onClose: () => void }) => {
  const whole = Math.ceil(video.duration ?? 0)
  const [cut, setCut] = useState<Cut>({ start: undefined, end: undefined })
  const [sent, setSent] = useState("")
  const submit = async (element: HTMLFormElement, signal: AbortSignal) => {
    const given = new FormData(element)
    await sendForm("editVideo", { uuid: video.uuid }, formOf(given, cut), {
      signal,
      onProgress: (bytes, total) =>
        setSent(bytes < total ? t.edit.sending(percent((100 * bytes) / total)) : t.edit.checking)
    }).finally(() => setSent(""))
    announce(t.edit.requested(titleOf(video), given.get("into") === "new"))
  }
  const kept = clock(Math.max(0, (cut.end ?? whole) - (cut.start ?? 0)))
  return (
    <FormDialog title={t.edit.title(titleOf(video))} submit={t.edit.submit} onClose={onClose} onSubmit={submit}>
      <p class="hint">{t.edit.intro}</p>
      <label class="check">
        <input type="checkbox" name="into" value="new" />
        <span>{t.edit.into}</span>
      </label>
      <fieldset class="field">
        <legend>{t.edit.range}</legend>
        {whole > 1 ? (
          <Filmstrip
            trackUrl={video.storyboard?.trackUrl ?? undefined}
            duration={whole}
            start={cut.start ?? 0}
            end={cut.end ?? whole}
            onChange={({ end, start }) =>
              setCut({ start: start === 0 ? undefined : start, end: end === whole ? undefined : end })
            }
          />
        ) : null}
        <Times whole={whole} cut={cut} onChange={setCut} />
        <small>{whole === 0 ? "" : `${t.edit.length(clock(whole))} ${t.edit.keeps(kept)}`}</small>
      </fieldset>
      {fileTasks.map(([name, text, accept]) => (
        <div class="field" key={name}>
          <label for={`edit-${name}`}>{text}</label>
          <input id={`edit-${name}`} name={name} type="file" accept={accept} />
        </div>
      ))}
      <p class="hint" role="status">
        {sent}
      </p>
    </FormDialog>
  )
}
