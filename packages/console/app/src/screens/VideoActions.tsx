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

type Ability = "transcribe" | "edit" | "ensure"

/** What this server and its runners can do. */
const useAbilities = () => {
  const { data, error } = useResource(
    "capabilities",
    () => client.getCapabilities(),
    ({ type }) => type.startsWith("runner.")
  )
  const of = data && { transcribe: data.captions, edit: data.editing, ensure: data.renditions }
  return {
    /** Where the server does not say what it can do, it is asked to do it. */
    isKnown: (name: string) =>
      !["transcribe", "edit", "ensure"].includes(name) || data !== undefined || error !== undefined,
    /** Why an action cannot be done, with the remedy. */
    lackOf: (name: string) => {
      const ability = of?.[name as Ability]
      if (ability === undefined || ability.available) return undefined
      return [ability.missing, ability.remedy].filter((text) => text !== null).join(" ")
    }
  }
}

interface ActionProps {
  readonly name: string
  readonly text: string
  readonly able: ReturnType<typeof useAbilities>
  readonly onClick: () => void
}

/** An action that this server may be unable to do. Until that is known, it cannot be pressed. */
const Action = ({ able, name, onClick, text }: ActionProps) => {
  const lack = able.lackOf(name)
  return lack === undefined ? (
    <Button data-action={name} disabled={!able.isKnown(name)} onClick={onClick}>
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
}

/** What can be done with a video now. */
export const VideoActions = (props: { readonly video: Video; readonly onChange: () => Promise<void> }) => {
  const { onChange, video } = props
  const [isEditing, setEditing] = useState(false)
  const able = useAbilities()
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
        <Action key={name} name={name} text={texts[name]} able={able} onClick={() => run(name)} />
      ))}
      {offers.edit(video) ? (
        <Action name="edit" text={t.watch.edit} able={able} onClick={() => setEditing(true)} />
      ) : null}
      <Button data-action="delete" onClick={() => askDelete(video)}>
        {t.actions.delete}
      </Button>
      {isEditing ? <EditDialog video={video} onClose={() => setEditing(false)} /> : null}
    </div>
  )
}
