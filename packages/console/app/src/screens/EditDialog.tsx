import { useState } from "preact/hooks"
import { sendForm } from "../api/client.ts"
import type { Video } from "../api/documents.ts"
import { fileTasks, formOf, type Part, wholeOf, withEnd } from "../state/edit.ts"
import { percent } from "../state/format.ts"
import { announce } from "../state/news.ts"
import { titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { FormDialog } from "../ui/Dialog.tsx"
import { Check, Field } from "../ui/Field.tsx"
import { PartField } from "./PartField.tsx"

/** Cuts a video in tenths of a second and adds other files to it. */
export const EditDialog = ({ onClose, video }: { readonly video: Video; readonly onClose: () => void }) => {
  const whole = wholeOf(video.duration)
  const [part, setPart] = useState<Part>(whole)
  const [sent, setSent] = useState("")
  const move = (name: keyof Part, seconds: number) => {
    const next = withEnd(part, whole, name, seconds)
    setPart(next)
    return next[name]
  }
  const submit = async (given: FormData, signal: AbortSignal) => {
    await sendForm("editVideo", { uuid: video.uuid }, formOf(given, part, whole), {
      signal,
      onProgress: (bytes, total) =>
        setSent(bytes < total ? t.edit.sending(percent((100 * bytes) / total)) : t.edit.checking)
    }).finally(() => setSent(""))
    announce(t.edit.requested(titleOf(video), given.get("into") === "new"))
  }
  const title = t.edit.title(titleOf(video))
  return (
    <FormDialog class="edit" title={title} submit={t.edit.submit} onClose={onClose} onSubmit={submit}>
      <p class="hint">{t.edit.replaces}</p>
      {whole.end >= 1 && <PartField video={video} part={part} whole={whole} onMove={move} />}
      {fileTasks.map(([name, text, accept]) => (
        <Field key={name} name={name} label={text} type="file" accept={accept} />
      ))}
      <Check name="into" value="new" label={t.edit.into} />
      <p class="hint" role="status">
        {sent}
      </p>
    </FormDialog>
  )
}
