import { eventTypes } from "@runner-connector/protocol/client"
import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { Webhook } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { route, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Badge, Empty, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { FormDialog } from "../ui/Dialog.tsx"
import { Field } from "../ui/Field.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { useGone } from "../ui/SidePanel.tsx"
import type { Column } from "../ui/table.ts"
import { SecretDialog, WebhookPanel } from "./WebhookPanel.tsx"

const columns: ReadonlyArray<Column<Webhook>> = [
  { id: "url", header: t.webhooks.url, class: "grow clip", cell: ({ url }) => <span dir="ltr">{url}</span> },
  {
    id: "status",
    header: t.webhooks.status,
    cell: ({ disabledReason, enabled }) => (
      <span title={disabledReason ?? ""}>
        <Badge tone={enabled ? "good" : disabledReason === null ? "idle" : "bad"}>
          {enabled ? t.webhooks.enabled : t.webhooks.disabled}
        </Badge>
      </span>
    )
  },
  {
    id: "types",
    header: t.webhooks.types,
    class: "clip secondary",
    cell: ({ types }) => (types.length === 0 ? t.webhooks.every : types.join(", "))
  },
  { id: "description", header: t.webhooks.description, class: "clip secondary", cell: (one) => one.description },
  { id: "createdAt", header: t.webhooks.created, class: "time", cell: ({ createdAt }) => <Time at={createdAt} /> }
]

const Types = () => (
  <div class="field">
    <label for="webhook-types">{t.webhooks.types}</label>
    <select id="webhook-types" name="types" multiple size={6} aria-describedby="webhook-types-hint">
      {eventTypes.map((type) => (
        <option key={type}>{type}</option>
      ))}
    </select>
    <small id="webhook-types-hint">{t.webhooks.typesHint}</small>
  </div>
)

const AddDialog = (props: { readonly onClose: () => void; readonly onAdded: (secret: string) => void }) => (
  <FormDialog
    title={t.webhooks.addTitle}
    submit={t.actions.add}
    onClose={props.onClose}
    onSubmit={async (form) => {
      const given = new FormData(form)
      const body = {
        url: String(given.get("url") ?? "").trim(),
        description: String(given.get("description") ?? ""),
        types: eventTypes.filter((type) => given.getAll("types").includes(type))
      }
      props.onAdded((await client.createWebhook({ body })).secret)
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
    />
    <Field
      id="webhook-description"
      name="description"
      label={t.webhooks.description}
      maxLength={1000}
      placeholder={t.lives.optional}
    />
    <Types />
  </FormDialog>
)

const List = ({ rows }: { readonly rows: ReadonlyArray<Webhook> }) =>
  rows.length === 0 ? (
    <Empty icon="webhooks" title={t.webhooks.empty}>
      <p>{t.webhooks.emptyHint}</p>
    </Empty>
  ) : (
    <DataTable
      label={t.screens.webhooks}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      hrefOf={({ id }) => to(`webhooks/${id}`)}
      current={route.value.id}
    />
  )

/** The URLs that receive events. */
export const Webhooks = () => {
  const webhooks = useResource("webhooks", (signal) => client.listWebhooks({ signal }))
  const [isAdding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string>()
  const { id } = route.value
  const rows = webhooks.data?.data
  const shown = rows?.find((webhook) => webhook.id === id)
  useGone(id !== undefined && rows !== undefined && shown === undefined, to("webhooks"))
  const added = (created: string) => {
    setSecret(created)
    void webhooks.reload()
  }
  return (
    <>
      <ScreenHead title={t.screens.webhooks} count={rows?.length || undefined}>
        <Button look="primary" onClick={() => setAdding(true)}>
          {t.webhooks.add}
        </Button>
      </ScreenHead>
      <Loaded of={webhooks}>{({ data }) => <List rows={data} />}</Loaded>
      {shown === undefined ? null : <WebhookPanel key={shown.id} webhook={shown} onChange={webhooks.reload} />}
      {isAdding ? <AddDialog onClose={() => setAdding(false)} onAdded={added} /> : null}
      {secret === undefined ? null : <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  )
}
