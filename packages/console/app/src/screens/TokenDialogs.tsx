import { client } from "../api/client.ts"
import { labelsIn, textIn } from "../state/form.ts"
import { t } from "../texts.ts"
import { Copyable } from "../ui/basic.tsx"
import { FormDialog, NoteDialog } from "../ui/Dialog.tsx"
import { Field } from "../ui/Field.tsx"

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
  <NoteDialog title={t.runners.tokens} heading={t.terms.token} onClose={onClose}>
    <p class="hint">{t.runners.tokenIntro}</p>
    <Copyable label={t.terms.token} text={token} />
    <p class="hint">{t.runners.commandHint}</p>
    {commandsOf(token).map(([label, command]) => (
      <Copyable key={label} label={label} text={command} />
    ))}
  </NoteDialog>
)

const optionsOf = (given: FormData) => {
  const labels = labelsIn(given)
  const maxUses = Number(textIn(given, "maxUses"))
  const expires = textIn(given, "expires")
  return {
    ...(labels.length === 0 ? {} : { labels }),
    ...(maxUses > 0 ? { maxUses } : {}),
    ...(expires === "" ? {} : { expiresAt: new Date(expires).toISOString() })
  }
}

/** Creates a token with its limits. */
export const CreateToken = (props: { readonly onClose: () => void; readonly onCreated: (token: string) => void }) => {
  const create = async (given: FormData) => {
    const { registrationToken } = await client.generateRegistrationToken({ body: optionsOf(given) })
    props.onCreated(registrationToken)
  }
  return (
    <FormDialog title={t.runners.createToken} submit={t.runners.create} onClose={props.onClose} onSubmit={create}>
      <Field name="labels" label={t.terms.labels} hint={t.runners.labelsHint} placeholder={t.optional} />
      <Field
        name="maxUses"
        label={t.runners.maxUses}
        type="number"
        min={1}
        step={1}
        placeholder={t.runners.unlimited}
      />
      <Field name="expires" label={t.terms.expires} type="datetime-local" />
    </FormDialog>
  )
}
