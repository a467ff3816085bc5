import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { BodyOf, Webhook } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { route, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Badge, Empty, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { useGone } from "../ui/SidePanel.tsx"
import type { Column } from "../ui/table.ts"
import { SecretDialog, WebhookDialog } from "./WebhookDialogs.tsx"
import { WebhookPanel } from "./WebhookPanel.tsx"

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
  const add = async (body: BodyOf<"createWebhook">) => {
    setSecret((await client.createWebhook({ body })).secret)
    await webhooks.reload()
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
      {isAdding ? <WebhookDialog onClose={() => setAdding(false)} onSubmit={add} /> : null}
      {secret === undefined ? null : <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  )
}
