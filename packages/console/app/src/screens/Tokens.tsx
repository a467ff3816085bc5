import { useMemo, useState } from "preact/hooks"
import { deleteToken, listTokens } from "../api/administration.ts"
import type { RegistrationToken } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { t } from "../texts.ts"
import { Failure, Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { ask } from "../ui/Dialog.tsx"
import type { Column } from "../ui/table.ts"
import { CreateToken, NewToken } from "./TokenDialogs.tsx"

const columns: ReadonlyArray<Column<RegistrationToken>> = [
  {
    id: "id",
    header: t.runners.token,
    class: "grow",
    cell: ({ registrationToken }) => <code>{registrationToken}</code>
  },
  { id: "labels", header: t.runners.labels, class: "secondary", cell: ({ labels }) => labels.join(", ") },
  {
    id: "uses",
    header: t.runners.uses,
    class: "number",
    cell: ({ maxUses, uses }) => (maxUses === null ? uses : `${uses} / ${maxUses}`)
  },
  {
    id: "expires",
    header: t.runners.expires,
    class: "time secondary",
    cell: ({ expiresAt }) => (expiresAt === null ? t.runners.never : <Time at={expiresAt} />)
  },
  { id: "createdAt", header: t.jobs.created, class: "time", cell: ({ createdAt }) => <Time at={createdAt} /> }
]

const Delete = ({ onDelete, token }: { readonly token: RegistrationToken; readonly onDelete: () => Promise<void> }) => (
  <button
    type="button"
    class="button small"
    aria-label={`${t.actions.delete} ${token.registrationToken}`}
    onClick={() =>
      ask({
        title: t.runners.deleteToken,
        text: t.runners.deleteTokenText,
        submit: t.actions.delete,
        act: async () => {
          await deleteToken(token.id)
          await onDelete()
        }
      })
    }
  >
    {t.actions.delete}
  </button>
)

const withDelete = (onDelete: () => Promise<void>): ReadonlyArray<Column<RegistrationToken>> => [
  ...columns,
  { id: "delete", header: "", class: "number", cell: (token) => <Delete token={token} onDelete={onDelete} /> }
]

/** The registration tokens. A new one is shown once, with the commands for runners. */
export const Tokens = (props: { readonly isCreating: boolean; readonly onCreating: (isCreating: boolean) => void }) => {
  const { data, error, reload } = useResource("tokens", listTokens, ({ type }) => type === "runner.registered")
  const [made, setMade] = useState<string>()
  const all = useMemo(() => withDelete(reload), [reload])
  const created = (token: string) => {
    setMade(token)
    void reload()
  }
  return (
    <section>
      <header class="section-head">
        <h2>{t.runners.tokens}</h2>
        <button type="button" class="button small" id="new-token" onClick={() => props.onCreating(true)}>
          {t.runners.newToken}
        </button>
      </header>
      <Failure error={error} />
      {(data?.total ?? 0) === 0 ? null : (
        <DataTable label={t.runners.tokens} columns={all} rows={data?.data ?? []} keyOf={({ id }) => String(id)} />
      )}
      {props.isCreating ? <CreateToken onClose={() => props.onCreating(false)} onCreated={created} /> : null}
      {made === undefined ? null : <NewToken token={made} onClose={() => setMade(undefined)} />}
    </section>
  )
}
