import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { BodyOf, Webhook } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { route, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Badge, Empty, Time } from "../ui/basic.tsx"
import { type Column, DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { SecretDialog, WebhookDialog } from "./WebhookDialogs.tsx"
import { typesOf, WebhookPanel } from "./WebhookPanel.tsx"

const Status = ({ webhook }: { readonly webhook: Webhook }) => {
  const { disabledReason, enabled } = webhook
  return (
    <span title={disabledReason ?? ""}>
      <Badge tone={enabled ? "good" : disabledReason === null ? "idle" : "bad"}>
        {enabled ? t.webhooks.enabled : t.webhooks.disabled}
      </Badge>
    </span>
  )
}

const columns: ReadonlyArray<Column<Webhook>> = [
  { id: "url", class: "grow clip", cell: ({ url }) => <span dir="ltr">{url}</span> },
  { id: "status", cell: (webhook) => <Status webhook={webhook} /> },
  { id: "types", class: "clip secondary", cell: typesOf },
  { id: "description", class: "clip secondary", cell: ({ description }) => description },
  { id: "createdAt", class: "time", cell: ({ createdAt }) => <Time at={createdAt} /> }
]

/** The URLs that receive events. */
export const Webhooks = () => {
  const webhooks = useResource("webhooks", (signal) => client.listWebhooks({ signal }))
  const [isAdding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string>()
  const { id } = route.value
  const rows = webhooks.data?.data
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
      <Loaded of={webhooks}>
        {({ data }) => (
          <DataTable
            label={t.screens.webhooks}
            columns={columns}
            rows={data}
            keyOf={({ id }) => id}
            hrefOf={({ id }) => to(`webhooks/${id}`)}
            current={id}
          >
            <Empty icon="webhooks" title={t.webhooks.empty} hint={t.webhooks.emptyHint} />
          </DataTable>
        )}
      </Loaded>
      {id && <WebhookPanel key={id} id={id} onChange={webhooks.reload} />}
      {isAdding && <WebhookDialog onClose={() => setAdding(false)} onSubmit={add} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  )
}
