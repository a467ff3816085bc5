import { useState } from "preact/hooks"
import { createToken, deleteToken, listTokens } from "../api/administration.ts"
import type { RegistrationToken } from "../api/documents.ts"
import { labelsIn } from "../state/labels.ts"
import { useResource } from "../state/resource.ts"
import { t } from "../texts.ts"
import { Copyable, Failure, Time } from "../ui/basic.tsx"
import { type Column, DataTable } from "../ui/DataTable.tsx"
import { ask, Dialog, FormDialog } from "../ui/Dialog.tsx"

const commandsOf = (token: string) => {
  const url = location.origin
  return [
    [
      t.runners.commandPeertube,
      `npx @peertube/peertube-runner server & sleep 5; npx @peertube/peertube-runner register --url ${url} --registration-token ${token} --runner-name "$(hostname)"`
    ],
    [t.runners.commandOurs, `npx @runner-connector/local-runner --url ${url} --registration-token ${token}`]
  ] as const
}

const NewToken = ({ onClose, token }: { readonly token: string; readonly onClose: () => void }) => (
  <Dialog title={t.runners.tokens} onClose={onClose}>
    <h2>{t.runners.token}</h2>
    <p class="hint">{t.runners.tokenIntro}</p>
    <Copyable label={t.runners.token} text={token} />
    <p class="hint">{t.runners.commandHint}</p>
    {commandsOf(token).map(([label, command]) => (
      <Copyable key={label} label={label} text={command} />
    ))}
    <div class="buttons">
      <button type="button" class="button primary" onClick={onClose}>
        {t.actions.close}
      </button>
    </div>
  </Dialog>
)

const optionsOf = (form: FormData) => {
  const labels = labelsIn(form)
  const maxUses = Number(form.get("maxUses") ?? 0)
  const expires = String(form.get("expires") ?? "")
  return {
    ...(labels.length === 0 ? {} : { labels }),
    ...(maxUses > 0 ? { maxUses } : {}),
    ...(expires === "" ? {} : { expiresAt: new Date(expires).toISOString() })
  }
}

const CreateToken = (props: { readonly onClose: () => void; readonly onCreated: (token: string) => void }) => (
  <FormDialog
    title={t.runners.createToken}
    submit={t.runners.create}
    onClose={props.onClose}
    onSubmit={async (form) => {
      const { registrationToken } = await createToken(optionsOf(new FormData(form)))
      props.onCreated(registrationToken)
    }}
  >
    <div class="field">
      <label for="token-labels">{t.runners.labels}</label>
      <input id="token-labels" name="labels" autocomplete="off" placeholder={t.lives.optional} />
      <small>{t.runners.labelsHint}</small>
    </div>
    <div class="field">
      <label for="token-uses">{t.runners.maxUses}</label>
      <input id="token-uses" name="maxUses" type="number" min={1} step={1} placeholder={t.runners.unlimited} />
    </div>
    <div class="field">
      <label for="token-expires">{t.runners.expires}</label>
      <input id="token-expires" name="expires" type="datetime-local" />
    </div>
  </FormDialog>
)

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

/** The registration tokens. A new one is shown once, with the commands for runners. */
export const Tokens = (props: { readonly isCreating: boolean; readonly onCreating: (isCreating: boolean) => void }) => {
  const tokens = useResource("tokens", listTokens, ({ type }) => type === "runner.registered")
  const [created, setCreated] = useState<string>()
  const remove = ({ id }: RegistrationToken) =>
    ask({
      title: t.runners.deleteToken,
      text: t.runners.deleteTokenText,
      submit: t.actions.delete,
      act: async () => {
        await deleteToken(id)
        await tokens.reload()
      }
    })
  const withDelete: ReadonlyArray<Column<RegistrationToken>> = [
    ...columns,
    {
      id: "delete",
      header: "",
      class: "number",
      cell: (token) => (
        <button
          type="button"
          class="button small"
          aria-label={`${t.actions.delete} ${token.registrationToken}`}
          onClick={() => remove(token)}
        >
          {t.actions.delete}
        </button>
      )
    }
  ]
  return (
    <section>
      <header class="section-head">
        <h2>{t.runners.tokens}</h2>
        <button type="button" class="button small" id="new-token" onClick={() => props.onCreating(true)}>
          {t.runners.newToken}
        </button>
      </header>
      <Failure error={tokens.error} />
      {(tokens.data?.total ?? 0) === 0 ? null : (
        <DataTable
          label={t.runners.tokens}
          columns={withDelete}
          rows={tokens.data?.data ?? []}
          keyOf={({ id }) => String(id)}
        />
      )}
      {props.isCreating ? (
        <CreateToken
          onClose={() => props.onCreating(false)}
          onCreated={(token) => {
            setCreated(token)
            void tokens.reload()
          }}
        />
      ) : null}
      {created === undefined ? null : <NewToken token={created} onClose={() => setCreated(undefined)} />}
    </section>
  )
}
