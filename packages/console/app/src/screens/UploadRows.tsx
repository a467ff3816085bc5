import { clock, percent, size } from "../state/format.ts"
import { t } from "../texts.ts"
import { type Action, Actions } from "../ui/Button.tsx"
import { Progress } from "../ui/basic.tsx"
import { openFiles } from "../upload/files.ts"
import { dropInterrupted, interrupted } from "../upload/interrupted.ts"
import { cancelUpload, pauseUpload, resumeUpload, type Upload, uploads } from "../upload/queue.ts"
import type { Interrupted } from "../upload/tus.ts"

const partOf = (sent: number, of: number) => percent((100 * sent) / of)

const sendingText = ({ file, isLost, sent, speed }: Upload) => {
  const part = partOf(sent, file.size)
  if (isLost) return t.upload.reconnecting(part)
  if (sent === file.size) return t.upload.checking
  const pace = speed ? [t.upload.speed(size(speed)), t.upload.left(clock((file.size - sent) / speed))] : []
  return [t.upload.sending(part, size(file.size)), ...pace].join(" · ")
}

const textOf = (upload: Upload) => {
  const { file, sent, state } = upload
  if (state === "sending") return sendingText(upload)
  if (state === "waiting") return t.upload.waiting(size(file.size))
  if (state === "paused") return t.upload.paused(partOf(sent, file.size))
  return state === "done" ? t.upload.done : ""
}

interface RowProps {
  readonly state: string
  readonly name: string
  readonly text: string
  readonly part: number
  readonly actions: ReadonlyArray<Action | false | undefined>
  readonly isLost?: boolean
  readonly error?: string
}

const Row = ({ actions, error, isLost, name, part, state, text }: RowProps) => (
  <li class="upload" data-state={state} data-lost={isLost}>
    <span class="upload-name" dir="auto">
      {name}
    </span>
    <span class="upload-text">{text}</span>
    <Actions on={name} of={actions} />
    <Progress value={part} label={t.upload.progress(name)} tone={state === "failed" ? "bad" : "busy"} />
    {error && <p class="error">{error}</p>}
  </li>
)

const UploadRow = ({ upload }: { readonly upload: Upload }) => {
  const { canPause, file, id, isFinal, sent, state } = upload
  const isFailed = state === "failed"
  const { cancel, dismiss, pause, resume, retry } = t.actions
  const actions = [
    canPause && state === "sending" && sent < file.size && { name: "pause", text: pause, act: () => pauseUpload(id) },
    state === "paused" && { name: "resume", text: resume, act: () => resumeUpload(id) },
    isFailed && !isFinal && { name: "retry", text: retry, act: () => resumeUpload(id) },
    state !== "done" && { name: "cancel", text: isFailed ? dismiss : cancel, act: () => cancelUpload(id) }
  ]
  return <Row {...upload} name={file.name} text={textOf(upload)} part={partOf(sent, file.size)} actions={actions} />
}

const InterruptedRow = ({ one }: { readonly one: Interrupted }) => {
  const { discard, name, sent, size, url } = one
  const part = partOf(sent, size)
  const remove = () => {
    discard()
    dropInterrupted(url)
  }
  const actions = [
    { name: "choose", text: t.upload.chooseAgain, act: openFiles },
    { name: "cancel", text: t.actions.cancel, act: remove }
  ]
  return <Row state="interrupted" name={name} text={t.upload.interrupted(part)} part={part} actions={actions} />
}

/** The uploads of this page, and those that an earlier page has not finished. */
export const UploadRows = () =>
  uploads.value.length + interrupted.value.length === 0 ? null : (
    <ul class="uploads" aria-label={t.upload.list}>
      {interrupted.value.map((one) => (
        <InterruptedRow key={one.url} one={one} />
      ))}
      {uploads.value.map((upload) => (
        <UploadRow key={upload.id} upload={upload} />
      ))}
    </ul>
  )
