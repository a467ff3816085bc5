import { useState } from "preact/hooks"
import { createWebhook, listWebhooks } from "../api/administration.ts"
import type { Webhook } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { route, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Empty, Failure, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { FormDialog } from "../ui/Dialog.tsx"
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

const AddDialog = (props: { readonly onClose: () => void; readonly onAdded: (secret: string) => void }) => (
  <FormDialog
    title={t.webhooks.addTitle}
    submit={t.actions.add}
    onClose={props.onClose}
    onSubmit={async (form) => {
      const given = new FormData(form)
      const { secret } = await createWebhook({
        url: String(given.get("url") ?? "").trim(),
        description: String(given.get("description") ?? "")
      })
      props.onAdded(secret)
    }}
  >
    <p class="hint">{t.webhooks.addIntro}</p>
    <div class="field">
      <label for="webhook-url">{t.webhooks.url}</label>
      <input id="webhook-url" name="url" type="url" required autofocus maxLength={2000} placeholder="https://…" />
    </div>
    <div class="field">
      <label for="webhook-description">{t.webhooks.description}</label>
      <input id="webhook-description" name="description" maxLength={1000} placeholder={t.lives.optional} />
    </div>
  </FormDialog>
)

const List = ({ rows }: { readonly rows: ReadonlyArray<Webhook> | undefined }) =>
  rows?.length === 0 ? (
    <Empty icon="webhooks" title={t.webhooks.empty}>
      <p>{t.webhooks.emptyHint}</p>
    </Empty>
  ) : (
    <DataTable
      label={t.screens.webhooks}
      columns={columns}
      rows={rows ?? []}
      keyOf={({ id }) => id}
      hrefOf={({ id }) => to(`webhooks/${id}`)}
      current={route.value.id}
    />
  )

/** The URLs that receive events. */
export const Webhooks = () => {
  const webhooks = useResource("webhooks", listWebhooks)
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
      <header class="screen-head">
        <h1>{t.screens.webhooks}</h1>
        <span class="count">{rows?.length || ""}</span>
        <button type="button" class="button primary" onClick={() => setAdding(true)}>
          {t.webhooks.add}
        </button>
      </header>
      <Failure error={webhooks.error} />
      <List rows={rows} />
      {shown === undefined ? null : <WebhookPanel key={shown.id} webhook={shown} onChange={webhooks.reload} />}
      {isAdding ? <AddDialog onClose={() => setAdding(false)} onAdded={added} /> : null}
      {secret === undefined ? null : <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  )
}
