import { createToken } from "../api/administration.ts"
import { labelsIn } from "../state/labels.ts"
import { t } from "../texts.ts"
import { Copyable } from "../ui/basic.tsx"
import { FormDialog, NoteDialog } from "../ui/Dialog.tsx"

const commandsOf = (token: string) => {
  const url = location.origin
  return [
    [
      t.runners.commandPeertube,
      `npx @peertube/peertube-runner server & sleep 5; npx @peertube/peertube-runner register --url ${url} --registration-token ${token} --runner-name "$(hostname)"`
    ],
    [t.runners.commandOurs, `npx @runner-connector/local-runner --url ${url} --registration-token ${token}`]
  ] as const
}

/** Shows a new token once, with the commands for runners. */
export const NewToken = ({ onClose, token }: { readonly token: string; readonly onClose: () => void }) => (
  <NoteDialog title={t.runners.tokens} heading={t.runners.token} onClose={onClose}>
    <p class="hint">{t.runners.tokenIntro}</p>
    <Copyable label={t.runners.token} text={token} />
    <p class="hint">{t.runners.commandHint}</p>
    {commandsOf(token).map(([label, command]) => (
      <Copyable key={label} label={label} text={command} />
    ))}
  </NoteDialog>
)

const optionsOf = (form: FormData) => {
  const labels = labelsIn(form)
  const maxUses = Number(form.get("maxUses") ?? 0)
  const expires = String(form.get("expires") ?? "")
  return {
    ...(labels.length === 0 ? {} : { labels }),
    ...(maxUses > 0 ? { maxUses } : {}),
    ...(expires === "" ? {} : { expiresAt: new Date(expires).toISOString() })
  }
}

/** Creates a token with its limits. */
export const CreateToken = (props: { readonly onClose: () => void; readonly onCreated: (token: string) => void }) => (
  <FormDialog
    title={t.runners.createToken}
    submit={t.runners.create}
    onClose={props.onClose}
    onSubmit={async (form) => {
      const { registrationToken } = await createToken(optionsOf(new FormData(form)))
      props.onCreated(registrationToken)
    }}
  >
    <div class="field">
      <label for="token-labels">{t.runners.labels}</label>
      <input id="token-labels" name="labels" autocomplete="off" placeholder={t.lives.optional} />
      <small>{t.runners.labelsHint}</small>
    </div>
    <div class="field">
      <label for="token-uses">{t.runners.maxUses}</label>
      <input id="token-uses" name="maxUses" type="number" min={1} step={1} placeholder={t.runners.unlimited} />
    </div>
    <div class="field">
      <label for="token-expires">{t.runners.expires}</label>
      <input id="token-expires" name="expires" type="datetime-local" />
    </div>
  </FormDialog>
)
