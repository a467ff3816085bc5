import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { navigate, watchUrl } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { FormDialog } from "../ui/Dialog.tsx"
import { Field } from "../ui/Field.tsx"
import { Icon } from "../ui/icons.tsx"

/** The URL is a secret of the broadcaster, so it is hidden like one. */
const UrlField = () => {
  const [isShown, setShown] = useState(false)
  return (
    <div class="field">
      <label for="rtmp-url">{t.lives.url}</label>
      <div class="inline">
        <input
          id="rtmp-url"
          name="rtmpUrl"
          type={isShown ? "text" : "password"}
          required
          autofocus
          pattern="\s*rtmps?://.+"
          title={t.lives.urlTitle}
          placeholder="rtmp://…"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-describedby="rtmp-hint"
        />
        <Button look="icon-only" aria-label={t.lives.show} aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          <Icon name="eye" />
        </Button>
      </div>
      <small id="rtmp-hint">{t.lives.urlHint}</small>
    </div>
  )
}

const submit = async (element: HTMLFormElement, signal: AbortSignal) => {
  const given = new FormData(element)
  const title = String(given.get("title") ?? "").trim()
  const rtmpUrl = String(given.get("rtmpUrl") ?? "").trim()
  const live = { rtmpUrl, replay: given.has("replay"), ...(title === "" ? {} : { title }) }
  const { video } = await client.startLive({ body: live, signal })
  navigate(watchUrl(video.uuid))
}

/** Starts a live and shows its page. */
export const LiveDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <FormDialog title={t.lives.title} submit={t.lives.submit} onClose={onClose} onSubmit={submit}>
    <p class="hint">{t.lives.intro}</p>
    <UrlField />
    <Field
      id="live-name"
      name="title"
      label={t.lives.name}
      dir="auto"
      maxLength={500}
      placeholder={t.lives.optional}
      autocomplete="off"
    />
    <label class="check">
      <input type="checkbox" name="replay" checked />
      <span>
        {t.lives.replay} <small>{t.lives.replayHint}</small>
      </span>
    </label>
  </FormDialog>
)
