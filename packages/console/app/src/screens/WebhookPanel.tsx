import { useState } from "preact/hooks"
import { getWebhook } from "../api/administration.ts"
import { client } from "../api/client.ts"
import type { BodyOf, Delivery, Webhook } from "../api/documents.ts"
import { attempt } from "../state/news.ts"
import { useResource } from "../state/resource.ts"
import { navigate, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { type Action, Actions, Button } from "../ui/Button.tsx"
import { Badge, Facts, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { ask } from "../ui/Dialog.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { Pager, withinEnd } from "../ui/Pager.tsx"
import { SidePanel } from "../ui/SidePanel.tsx"
import type { Column } from "../ui/table.ts"
import { SecretDialog, WebhookDialog } from "./WebhookDialogs.tsx"

const replay = (body: BodyOf<"replayWebhooks">) =>
  attempt(async () => t.webhooks.replayed((await client.replayWebhooks({ body })).replayed))

const Replay = ({ delivery: { id, type } }: { readonly delivery: Delivery }) => (
  <Button look="small" aria-label={t.webhooks.replayOf(type)} onClick={() => replay({ delivery: id })}>
    {t.webhooks.replayOne}
  </Button>
)

const toneOf = ({ state }: Delivery) => (state === "delivered" ? "good" : state === "dead" ? "bad" : "busy")

const columns: ReadonlyArray<Column<Delivery>> = [
  { id: "event", class: "grow", cell: ({ type }) => type },
  { id: "state", cell: (one) => <Badge tone={toneOf(one)}>{one.state}</Badge> },
  { id: "attempts", class: "number", cell: ({ attempts }) => attempts },
  { id: "answer", class: "clip", cell: ({ error, status }) => <span title={error ?? ""}>{status ?? error}</span> },
  { id: "createdAt", class: "time", cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: "actions", class: "number", cell: (one) => one.state === "dead" && <Replay delivery={one} /> }
]

const COUNT = 50

const Deliveries = ({ webhookId }: { readonly webhookId: string }) => {
  const [start, go] = useState(0)
  const query = { webhookId, start, count: COUNT }
  const deliveries = useResource(
    `deliveries ${webhookId} ${start}`,
    async (signal) => withinEnd(await client.listWebhookDeliveries({ query, signal }), start, COUNT, go),
    () => true
  )
  return (
    <>
      <h3>{t.webhooks.deliveries}</h3>
      <Loaded of={deliveries}>
        {({ data, total }) => (
          <>
            <DataTable label={t.webhooks.deliveries} columns={columns} rows={data} keyOf={({ id }) => id}>
              <p class="hint">{t.webhooks.noDeliveries}</p>
            </DataTable>
            {total > COUNT && <Pager start={start} count={COUNT} total={total} go={go} />}
          </>
        )}
      </Loaded>
    </>
  )
}

/** The events of an endpoint as a text. */
export const typesOf = ({ types }: Webhook): string => (types.length === 0 ? t.webhooks.every : types.join(", "))

interface Props {
  readonly webhook: Webhook
  readonly onChange: () => Promise<void>
}

const Body = ({ onChange, webhook }: Props) => {
  const { createdAt, description, disabledReason, enabled, id } = webhook
  const one = { params: { webhookId: id } }
  const [secret, setSecret] = useState<string>()
  const [isEditing, setEditing] = useState(false)
  const update = (body: BodyOf<"updateWebhook">) => client.updateWebhook({ ...one, body }).then(onChange)
  const rotate = async () => setSecret((await client.rotateWebhookSecret(one)).secret)
  const remove = async () => {
    await client.deleteWebhook(one)
    navigate(to("webhooks"))
    await onChange()
  }
  const { deleteText: text, deleteTitle: title, disable, edit, enable } = t.webhooks
  const actions: ReadonlyArray<Action> = [
    { name: "edit", text: edit, act: () => setEditing(true) },
    { name: "enable", text: enabled ? disable : enable, act: () => attempt(() => update({ enabled: !enabled })) },
    { name: "rotate", text: t.webhooks.rotate, act: () => attempt(rotate) },
    { name: "replay", text: t.webhooks.replay, act: () => replay({ webhookId: id }) },
    { name: "delete", text: t.actions.delete, act: () => ask({ title, text, submit: t.actions.delete, act: remove }) }
  ]
  return (
    <>
      <Actions of={actions} />
      {disabledReason && <p class="error">{disabledReason}</p>}
      <Facts of={{ description, types: typesOf(webhook), createdAt: <Time at={createdAt} /> }} />
      <Deliveries webhookId={id} />
      {isEditing && <WebhookDialog webhook={webhook} onClose={() => setEditing(false)} onSubmit={update} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  )
}

/** The details of an endpoint with its deliveries. Each change reloads the list. */
export const WebhookPanel = ({ id, onChange }: { readonly id: string; readonly onChange: () => Promise<void> }) => {
  const webhook = useResource(`webhook ${id}`, (signal) => getWebhook(id, signal))
  const reload = async () => void (await Promise.all([webhook.reload(), onChange()]))
  return (
    <SidePanel title={webhook.data?.url ?? ""} closeTo={to("webhooks")} of={webhook}>
      {(data) => <Body webhook={data} onChange={reload} />}
    </SidePanel>
  )
}
