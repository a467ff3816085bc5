import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { textIn } from "../state/form.ts"
import { navigate, watchUrl } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { FormDialog } from "../ui/Dialog.tsx"
import { Check, Field } from "../ui/Field.tsx"
import { Icon } from "../ui/icons.tsx"

/** The URL is a secret of the broadcaster, so it is hidden like one. */
const UrlField = () => {
  const [isShown, setShown] = useState(false)
  return (
    <Field
      name="rtmpUrl"
      label={t.lives.url}
      hint={t.lives.urlHint}
      type={isShown ? "text" : "password"}
      required
      autofocus
      pattern="\s*rtmps?://.+"
      title={t.lives.urlTitle}
      placeholder="rtmp://…"
      autocapitalize="off"
    >
      <Button look="icon-only" aria-label={t.lives.show} aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        <Icon name="eye" />
      </Button>
    </Field>
  )
}

const submit = async (given: FormData, signal: AbortSignal) => {
  const title = textIn(given, "title")
  const live = { rtmpUrl: textIn(given, "rtmpUrl"), replay: given.has("replay"), ...(title === "" ? {} : { title }) }
  const { video } = await client.startLive({ body: live, signal })
  navigate(watchUrl(video.uuid))
}

/** Starts a live and shows its page. */
export const LiveDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <FormDialog title={t.lives.title} submit={t.lives.submit} onClose={onClose} onSubmit={submit}>
    <p class="hint">{t.lives.intro}</p>
    <UrlField />
    <Field name="title" label={t.terms.title} dir="auto" maxLength={500} placeholder={t.optional} />
    <Check name="replay" label={t.lives.replay} hint={t.lives.replayHint} defaultChecked />
  </FormDialog>
)
