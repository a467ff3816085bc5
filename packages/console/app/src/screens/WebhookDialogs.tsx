import { eventTypes } from "@runner-connector/protocol/client"
import type { Webhook } from "../api/documents.ts"
import { textIn } from "../state/form.ts"
import { t } from "../texts.ts"
import { Copyable } from "../ui/basic.tsx"
import { FormDialog, NoteDialog } from "../ui/Dialog.tsx"
import { Check, Field } from "../ui/Field.tsx"

/** Shows a new secret, this once. */
export const SecretDialog = ({ onClose, secret }: { readonly secret: string; readonly onClose: () => void }) => (
  <NoteDialog title={t.webhooks.secret} onClose={onClose}>
    <p class="hint">{t.webhooks.secretHint}</p>
    <Copyable label={t.webhooks.secret} text={secret} />
  </NoteDialog>
)

const Types = ({ chosen }: { readonly chosen: Webhook["types"] }) => (
  <fieldset class="field types" aria-describedby="types-hint">
    <legend>{t.terms.types}</legend>
    <small id="types-hint">{t.webhooks.typesHint}</small>
    {eventTypes.map((type) => (
      <Check key={type} name="types" value={type} label={type} defaultChecked={chosen.includes(type)} />
    ))}
  </fieldset>
)

const settingsIn = (given: FormData) => ({
  url: textIn(given, "url"),
  description: textIn(given, "description"),
  types: eventTypes.filter((type) => given.getAll("types").includes(type))
})

interface Props {
  /** The endpoint to change. A new one is added without it. */
  readonly webhook?: Webhook
  readonly onClose: () => void
  readonly onSubmit: (settings: ReturnType<typeof settingsIn>) => Promise<void>
}

/** What an administrator sets of an endpoint. */
export const WebhookDialog = ({ onClose, onSubmit, webhook }: Props) => (
  <FormDialog
    title={webhook === undefined ? t.webhooks.addTitle : t.webhooks.changeTitle}
    submit={webhook === undefined ? t.actions.add : t.actions.save}
    onClose={onClose}
    onSubmit={(given) => onSubmit(settingsIn(given))}
  >
    <p class="hint">{t.webhooks.addIntro}</p>
    <Field
      name="url"
      label={t.terms.url}
      type="url"
      required
      autofocus
      maxLength={2000}
      placeholder="https://…"
      defaultValue={webhook?.url}
    />
    <Field
      name="description"
      label={t.terms.description}
      maxLength={1000}
      placeholder={t.optional}
      defaultValue={webhook?.description}
    />
    <Types chosen={webhook?.types ?? []} />
  </FormDialog>
)
