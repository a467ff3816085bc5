import { eventTypes } from "@runner-connector/protocol/client"
import type { BodyOf, Webhook } from "../api/documents.ts"
import { t } from "../texts.ts"
import { Copyable } from "../ui/basic.tsx"
import { FormDialog, NoteDialog } from "../ui/Dialog.tsx"
import { Field } from "../ui/Field.tsx"

/** Shows a new secret, this once. */
export const SecretDialog = ({ onClose, secret }: { readonly secret: string; readonly onClose: () => void }) => (
  <NoteDialog title={t.webhooks.secret} onClose={onClose}>
    <p class="hint">{t.webhooks.secretHint}</p>
    <Copyable label={t.webhooks.secret} text={secret} />
  </NoteDialog>
)

const Types = ({ chosen }: { readonly chosen: Webhook["types"] }) => (
  <div class="field">
    <label for="webhook-types">{t.webhooks.types}</label>
    <select id="webhook-types" name="types" multiple size={6} aria-describedby="webhook-types-hint">
      {eventTypes.map((type) => (
        <option key={type} selected={chosen.includes(type)}>
          {type}
        </option>
      ))}
    </select>
    <small id="webhook-types-hint">{t.webhooks.typesHint}</small>
  </div>
)

interface Props {
  /** The endpoint to change. A new one is added without it. */
  readonly webhook?: Webhook
  readonly onClose: () => void
  readonly onSubmit: (settings: Pick<BodyOf<"createWebhook">, "url" | "description" | "types">) => Promise<void>
}

/** What an administrator sets of an endpoint. */
export const WebhookDialog = ({ onClose, onSubmit, webhook }: Props) => (
  <FormDialog
    title={webhook === undefined ? t.webhooks.addTitle : t.webhooks.changeTitle}
    submit={webhook === undefined ? t.actions.add : t.actions.save}
    onClose={onClose}
    onSubmit={(form) => {
      const given = new FormData(form)
      return onSubmit({
        url: String(given.get("url") ?? "").trim(),
        description: String(given.get("description") ?? ""),
        types: eventTypes.filter((type) => given.getAll("types").includes(type))
      })
    }}
  >
    <p class="hint">{t.webhooks.addIntro}</p>
    <Field
      id="webhook-url"
      name="url"
      label={t.webhooks.url}
      type="url"
      required
      autofocus
      maxLength={2000}
      placeholder="https://…"
      defaultValue={webhook?.url}
    />
    <Field
      id="webhook-description"
      name="description"
      label={t.webhooks.description}
      maxLength={1000}
      placeholder={t.lives.optional}
      defaultValue={webhook?.description}
    />
    <Types chosen={webhook?.types ?? []} />
  </FormDialog>
)
