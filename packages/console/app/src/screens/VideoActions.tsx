import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Video } from "../api/documents.ts"
import { announce, attempt } from "../state/news.ts"
import { useResource } from "../state/resource.ts"
import { navigate, to } from "../state/router.ts"
import { offers, titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { ask } from "../ui/Dialog.tsx"
import { EditDialog } from "./EditDialog.tsx"

const of = ({ uuid }: Video) => ({ params: { uuid } })

const askDelete = (video: Video) =>
  ask({
    title: t.watch.deleteTitle,
    text: t.watch.deleteText(titleOf(video)),
    submit: t.actions.delete,
    cancel: t.watch.deleteKeep,
    act: async () => {
      await client.deleteVideo(of(video))
      announce(t.watch.deleted(titleOf(video)))
      navigate(to("videos"))
    }
  })

/** What is done at once, with the text of its result. */
const acts: Readonly<Record<Exclude<keyof typeof offers, "edit">, (video: Video) => Promise<string>>> = {
  ensure: (video) => client.ensureRenditions(of(video)).then(({ jobs }) => t.watch.gets(titleOf(video), jobs.length)),
  transcribe: (video) => client.transcribeVideo(of(video)).then(() => t.watch.getsCaptions(titleOf(video))),
  stop: (video) => client.stopLive(of(video)).then(() => t.watch.isStopping(titleOf(video))),
  cancel: (video) => client.cancelVideo(of(video)).then(() => t.watch.cancelled(titleOf(video))),
  retry: (video) => client.retryVideo(of(video)).then(() => t.watch.retried(titleOf(video)))
}

/** Why an action cannot be done, with the remedy. Undefined until the server has told it, null when it can be done. */
const useLacks = () => {
  const { data, error } = useResource(
    "capabilities",
    () => client.getCapabilities(),
    ({ type }) => type.startsWith("runner.")
  )
  return (name: keyof typeof offers): string | null | undefined => {
    if (name !== "ensure" && name !== "transcribe" && name !== "edit") return null
    // After an error the actions can be pressed, and the server refuses those that it cannot do.
    if (data === undefined) return error === undefined ? undefined : null
    const { available, missing, remedy } = { ensure: data.renditions, transcribe: data.captions, edit: data.editing }[
      name
    ]
    return available ? null : [missing, remedy].filter((text) => text !== null).join(" ")
  }
}

interface ActionProps {
  readonly name: keyof typeof offers
  readonly lack: string | null | undefined
  readonly onClick: () => void
}

const Action = ({ lack, name, onClick }: ActionProps) =>
  lack ? (
    <details class="lack">
      <summary class="button">{t.watch.acts[name]}</summary>
      <p>
        <strong>{t.watch.unavailable}.</strong> {lack}
      </p>
    </details>
  ) : (
    <Button data-action={name} disabled={lack === undefined} onClick={onClick}>
      {t.watch.acts[name]}
    </Button>
  )

/** What can be done with a video now. */
export const VideoActions = (props: { readonly video: Video; readonly onChange: () => Promise<void> }) => {
  const { onChange, video } = props
  const [isEditing, setEditing] = useState(false)
  const lackOf = useLacks()
  const names = (Object.keys(offers) as ReadonlyArray<keyof typeof offers>).filter((name) => offers[name](video))
  const run = (name: keyof typeof offers) =>
    name === "edit" ? setEditing(true) : attempt(() => acts[name](video).finally(onChange))
  return (
    <div class="buttons video-actions">
      {names.map((name) => (
        <Action key={name} name={name} lack={lackOf(name)} onClick={() => run(name)} />
      ))}
      <Button data-action="delete" onClick={() => askDelete(video)}>
        {t.actions.delete}
      </Button>
      {isEditing && <EditDialog video={video} onClose={() => setEditing(false)} />}
    </div>
  )
}
