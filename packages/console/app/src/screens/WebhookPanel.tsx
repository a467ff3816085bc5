import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { BodyOf, Delivery, Webhook } from "../api/documents.ts"
import { attempt } from "../state/news.ts"
import { useResource } from "../state/resource.ts"
import { navigate, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Badge, Facts, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { ask } from "../ui/Dialog.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { SidePanel } from "../ui/SidePanel.tsx"
import type { Column } from "../ui/table.ts"
import { SecretDialog, WebhookDialog } from "./WebhookDialogs.tsx"

const ofWebhook = (webhookId: string) => ({ params: { webhookId } })

const replay = (body: BodyOf<"replayWebhooks">) =>
  attempt(async () => t.webhooks.replayed((await client.replayWebhooks({ body })).replayed))

const Replay = ({ delivery }: { readonly delivery: Delivery }) => (
  <Button
    look="small"
    aria-label={t.webhooks.replayOf(delivery.type)}
    onClick={() => replay({ delivery: delivery.id })}
  >
    {t.webhooks.replayOne}
  </Button>
)

const toneOf = ({ state }: Delivery) => (state === "delivered" ? "good" : state === "dead" ? "bad" : "busy")

const columns: ReadonlyArray<Column<Delivery>> = [
  { id: "type", header: t.webhooks.event, class: "grow", cell: ({ type }) => type },
  { id: "state", header: t.webhooks.state, cell: (one) => <Badge tone={toneOf(one)}>{one.state}</Badge> },
  { id: "attempts", header: t.webhooks.attempts, class: "number", cell: ({ attempts }) => attempts },
  {
    id: "status",
    header: t.webhooks.answer,
    class: "clip",
    cell: ({ error, status }) => <span title={error ?? ""}>{status ?? error}</span>
  },
  { id: "createdAt", header: t.webhooks.created, class: "time", cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: "replay",
    header: "",
    class: "number",
    cell: (one) => (one.state === "dead" ? <Replay delivery={one} /> : null)
  }
]

const Deliveries = ({ webhookId }: { readonly webhookId: string }) => {
  const deliveries = useResource(
    `deliveries ${webhookId}`,
    (signal) => client.listWebhookDeliveries({ query: { webhookId, start: 0, count: 50 }, signal }),
    () => true
  )
  return (
    <>
      <h3>{t.webhooks.deliveries}</h3>
      <Loaded of={deliveries}>
        {({ data, total }) =>
          total === 0 ? (
            <p class="hint">{t.webhooks.noDeliveries}</p>
          ) : (
            <DataTable label={t.webhooks.deliveries} columns={columns} rows={data} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
    </>
  )
}

const askDelete = ({ id }: Webhook, onChange: () => Promise<void>) =>
  ask({
    title: t.webhooks.deleteTitle,
    text: t.webhooks.deleteText,
    submit: t.actions.delete,
    act: async () => {
      await client.deleteWebhook(ofWebhook(id))
      navigate(to("webhooks"))
      await onChange()
    }
  })

interface Props {
  readonly webhook: Webhook
  readonly onChange: () => Promise<void>
}

const update = async ({ onChange, webhook }: Props, body: BodyOf<"updateWebhook">) => {
  await client.updateWebhook({ ...ofWebhook(webhook.id), body })
  await onChange()
}

const actionsOf = (props: Props, edit: () => void, show: (secret: string) => void) => {
  const { onChange, webhook } = props
  const { enabled, id } = webhook
  return [
    { name: "edit", text: t.webhooks.edit, act: edit },
    {
      name: "enable",
      text: enabled ? t.webhooks.disable : t.webhooks.enable,
      act: () => attempt(() => update(props, { enabled: !enabled }).then(() => undefined))
    },
    {
      name: "rotate",
      text: t.webhooks.rotate,
      act: () =>
        attempt(async () => {
          show((await client.rotateWebhookSecret(ofWebhook(id))).secret)
          return undefined
        })
    },
    { name: "replay", text: t.webhooks.replay, act: () => replay({ webhookId: id }) },
    { name: "delete", text: t.actions.delete, act: () => askDelete(webhook, onChange) }
  ]
}

/** The details of an endpoint with its deliveries. */
export const WebhookPanel = (props: Props) => {
  const { webhook } = props
  const [secret, setSecret] = useState<string>()
  const [isEditing, setEditing] = useState(false)
  const actions = actionsOf(props, () => setEditing(true), setSecret)
  return (
    <SidePanel title={webhook.url} closeTo={to("webhooks")}>
      <div class="buttons">
        {actions.map(({ act, name, text }) => (
          <Button key={text} look="small" data-action={name} onClick={act}>
            {text}
          </Button>
        ))}
      </div>
      {webhook.disabledReason === null ? null : <p class="error">{webhook.disabledReason}</p>}
      <Facts
        rows={[
          [t.webhooks.description, webhook.description],
          [t.webhooks.types, webhook.types.length === 0 ? t.webhooks.every : webhook.types.join(", ")],
          [t.webhooks.created, <Time at={webhook.createdAt} />]
        ]}
      />
      <Deliveries webhookId={webhook.id} />
      {isEditing ? (
        <WebhookDialog webhook={webhook} onClose={() => setEditing(false)} onSubmit={(body) => update(props, body)} />
      ) : null}
      {secret === undefined ? null : <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </SidePanel>
  )
}
