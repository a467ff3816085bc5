import { clock, percent, size } from "../state/format.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
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

interface ActionProps {
  readonly text: string
  readonly name: string
  readonly onClick: () => void
}

const Action = ({ name, onClick, text }: ActionProps) => (
  <Button look="small" aria-label={`${text}: ${name}`} onClick={onClick}>
    {text}
  </Button>
)

const Row = ({ upload }: { readonly upload: Upload }) => {
  const { canPause, error, file, id, isFinal, isLost, sent, state } = upload
  const { name } = file
  const isFailed = state === "failed"
  return (
    <li class="upload" data-state={state} data-lost={isLost}>
      <span class="upload-name" dir="auto">
        {name}
      </span>
      <span class="upload-text">{textOf(upload)}</span>
      <div class="buttons">
        {canPause && state === "sending" && sent < file.size ? (
          <Action text={t.actions.pause} name={name} onClick={() => pauseUpload(id)} />
        ) : null}
        {state === "paused" ? <Action text={t.actions.resume} name={name} onClick={() => resumeUpload(id)} /> : null}
        {isFailed && isFinal !== true ? (
          <Action text={t.actions.retry} name={name} onClick={() => resumeUpload(id)} />
        ) : null}
        {state === "done" ? null : (
          <Action text={isFailed ? t.actions.dismiss : t.actions.cancel} name={name} onClick={() => cancelUpload(id)} />
        )}
      </div>
      <Progress value={partOf(sent, file.size)} label={t.upload.progress(name)} tone={isFailed ? "bad" : "busy"} />
      {error === undefined ? null : <p class="error">{error}</p>}
    </li>
  )
}

const InterruptedRow = ({ one }: { readonly one: Interrupted }) => {
  const { discard, name, sent, size: whole, url } = one
  const remove = () => {
    discard()
    dropInterrupted(url)
  }
  return (
    <li class="upload" data-state="interrupted">
      <span class="upload-name" dir="auto">
        {name}
      </span>
      <span class="upload-text">{t.upload.interrupted(partOf(sent, whole))}</span>
      <div class="buttons">
        <Action text={t.upload.chooseAgain} name={name} onClick={openFiles} />
        <Action text={t.actions.cancel} name={name} onClick={remove} />
      </div>
      <Progress value={partOf(sent, whole)} label={t.upload.progress(name)} />
    </li>
  )
}

/** The uploads of this page, and those that an earlier page has not finished. */
export const UploadRows = () =>
  uploads.value.length + interrupted.value.length === 0 ? null : (
    <ul class="uploads" aria-label={t.upload.list}>
      {interrupted.value.map((one) => (
        <InterruptedRow key={one.url} one={one} />
      ))}
      {uploads.value.map((upload) => (
        <Row key={upload.id} upload={upload} />
      ))}
    </ul>
  )
