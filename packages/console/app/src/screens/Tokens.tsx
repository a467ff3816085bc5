import { useMemo } from "preact/hooks"
import { client } from "../api/client.ts"
import type { RegistrationToken } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { ask } from "../ui/Dialog.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import type { Column } from "../ui/table.ts"

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
  <Button
    look="small"
    aria-label={`${t.actions.delete} ${token.registrationToken}`}
    onClick={() =>
      ask({
        title: t.runners.deleteToken,
        text: t.runners.deleteTokenText,
        submit: t.actions.delete,
        act: async () => {
          await client.deleteRegistrationToken({ params: { id: token.id } })
          await onDelete()
        }
      })
    }
  >
    {t.actions.delete}
  </Button>
)

const withDelete = (onDelete: () => Promise<void>): ReadonlyArray<Column<RegistrationToken>> => [
  ...columns,
  { id: "delete", header: "", class: "number", cell: (token) => <Delete token={token} onDelete={onDelete} /> }
]

/** The registration tokens. `version` is the newest one: a change of it reads the list again. */
export const Tokens = ({ version }: { readonly version: string | undefined }) => {
  const tokens = useResource(
    `tokens ${version}`,
    (signal) => client.listRegistrationTokens({ query: { start: 0, count: 100 }, signal }),
    ({ type }) => type === "runner.registered"
  )
  const all = useMemo(() => withDelete(tokens.reload), [tokens.reload])
  return (
    <section>
      <h2 class="section-head">{t.runners.tokens}</h2>
      <Loaded of={tokens}>
        {({ data, total }) =>
          total === 0 ? (
            <p class="hint">{t.runners.noTokens}</p>
          ) : (
            <DataTable label={t.runners.tokens} columns={all} rows={data} keyOf={({ id }) => String(id)} />
          )
        }
      </Loaded>
    </section>
  )
}
