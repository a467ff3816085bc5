import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { RegistrationToken } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Time } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { ask } from "../ui/Dialog.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { Pager, withinEnd } from "../ui/Pager.tsx"
import type { Column } from "../ui/table.ts"

type Token = RegistrationToken

const askDelete = ({ id, registeredRunnersCount }: Token, onDelete: () => Promise<void>) =>
  ask({
    title: t.runners.deleteToken,
    text: t.runners.deleteTokenText(registeredRunnersCount),
    submit: t.actions.delete,
    act: () => client.deleteRegistrationToken({ params: { id } }).then(onDelete)
  })

const Delete = ({ onDelete, token }: { readonly token: Token; readonly onDelete: () => Promise<void> }) => (
  <Button
    look="small"
    aria-label={`${t.actions.delete} ${token.registrationToken}`}
    onClick={() => askDelete(token, onDelete)}
  >
    {t.actions.delete}
  </Button>
)

const usesOf = ({ maxUses, uses }: Token) => (maxUses === null ? uses : `${uses} / ${maxUses}`)

const columnsWith = (onDelete: () => Promise<void>): ReadonlyArray<Column<Token>> => [
  { id: "token", class: "grow", cell: ({ registrationToken }) => <code>{registrationToken}</code> },
  { id: "labels", class: "secondary", cell: ({ labels }) => labels.join(", ") },
  { id: "uses", class: "number", cell: usesOf },
  {
    id: "expires",
    class: "time secondary",
    cell: ({ expiresAt: at }) => (at === null ? t.runners.never : <Time at={at} />)
  },
  { id: "createdAt", class: "time", cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: "actions", class: "number", cell: (token) => <Delete token={token} onDelete={onDelete} /> }
]

const COUNT = 100

/** The registration tokens. `version` is the newest one: a change of it reads the list again. */
export const Tokens = ({ version }: { readonly version: string | undefined }) => {
  const [start, go] = useState(0)
  const tokens = useResource(
    `tokens ${version} ${start}`,
    async (signal) =>
      withinEnd(await client.listRegistrationTokens({ query: { start, count: COUNT }, signal }), start, COUNT, go),
    ({ type }) => type === "runner.registered"
  )
  return (
    <section>
      <h2 class="section-head">{t.runners.tokens}</h2>
      <Loaded of={tokens}>
        {({ data, total }) => (
          <>
            <DataTable
              label={t.runners.tokens}
              columns={columnsWith(tokens.reload)}
              rows={data}
              keyOf={({ id }) => String(id)}
            >
              <p class="hint">{t.runners.noTokens}</p>
            </DataTable>
            {total > COUNT && <Pager start={start} count={COUNT} total={total} go={go} />}
          </>
        )}
      </Loaded>
    </section>
  )
}
