import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Capabilities, Video } from "../api/documents.ts"
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

type Simple = "ensure" | "transcribe" | "stop" | "cancel" | "retry"

const texts: Readonly<Record<Simple, string>> = {
  ensure: t.watch.ensure,
  transcribe: t.watch.transcribe,
  stop: t.watch.stopLive,
  cancel: t.watch.cancelAll,
  retry: t.watch.retryAll
}

const acts: Readonly<Record<Simple, (video: Video) => Promise<string>>> = {
  ensure: (video) => client.ensureRenditions(of(video)).then(({ jobs }) => t.watch.gets(titleOf(video), jobs.length)),
  transcribe: (video) => client.transcribeVideo(of(video)).then(() => t.watch.getsCaptions(titleOf(video))),
  stop: (video) => client.stopLive(of(video)).then(() => t.watch.isStopping(titleOf(video))),
  cancel: (video) => client.cancelVideo(of(video)).then(() => t.watch.cancelled(titleOf(video))),
  retry: (video) => client.retryVideo(of(video)).then(() => t.watch.retried(titleOf(video)))
}

/** Why an action cannot be done on this server, with the remedy. */
const lackOf = (able: Capabilities | undefined, action: Simple | "edit") => {
  const ability = { transcribe: able?.captions, edit: able?.editing, ensure: able?.renditions }[action as "edit"]
  if (ability === undefined || ability.available) return undefined
  return [ability.missing, ability.remedy].filter((text) => text !== null).join(" ")
}

interface ActionProps {
  readonly name: string
  readonly text: string
  readonly lack: string | undefined
  readonly onClick: () => void
}

const Action = ({ lack, name, onClick, text }: ActionProps) =>
  lack === undefined ? (
    <Button data-action={name} onClick={onClick}>
      {text}
    </Button>
  ) : (
    <details class="lack">
      <summary class="button">{text}</summary>
      <p>
        <strong>{t.watch.unavailable}.</strong> {lack}
      </p>
    </details>
  )

/** What can be done with a video now. */
export const VideoActions = (props: { readonly video: Video; readonly onChange: () => Promise<void> }) => {
  const { onChange, video } = props
  const [isEditing, setEditing] = useState(false)
  const able = useResource(
    "capabilities",
    () => client.getCapabilities(),
    ({ type }) => type.startsWith("runner.")
  ).data
  const names = (Object.keys(acts) as ReadonlyArray<Simple>).filter((name) => offers[name](video))
  const run = (name: Simple) =>
    attempt(async () => {
      const news = await acts[name](video)
      await onChange()
      return news
    })
  return (
    <div class="buttons video-actions">
      {names.map((name) => (
        <Action key={name} name={name} text={texts[name]} lack={lackOf(able, name)} onClick={() => run(name)} />
      ))}
      {offers.edit(video) ? (
        <Action name="edit" text={t.watch.edit} lack={lackOf(able, "edit")} onClick={() => setEditing(true)} />
      ) : null}
      <Button data-action="delete" onClick={() => askDelete(video)}>
        {t.actions.delete}
      </Button>
      {isEditing ? <EditDialog video={video} onClose={() => setEditing(false)} /> : null}
    </div>
  )
}
