import { useState } from "preact/hooks"
import { ApiError } from "../api/client.ts"
import { signIn } from "../api/session.ts"
import { hasSignIn, needsSignIn } from "../state/session.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { FormDialog } from "./Dialog.tsx"
import { Field } from "./Field.tsx"
import { Icon } from "./icons.tsx"

const submit = async (form: HTMLFormElement) => {
  const token = String(new FormData(form).get("token") ?? "").trim()
  await signIn(token).catch((error) => {
    throw error instanceof ApiError && error.status === 401 ? new Error(t.signIn.wrong) : error
  })
}

/** The form for the administrator's token. The server keeps the session in a cookie that no script can read. */
export const SignInDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <FormDialog title={t.signIn.title} submit={t.signIn.submit} onClose={onClose} onSubmit={submit}>
    <p class="hint">{t.signIn.intro}</p>
    <Field
      id="token"
      name="token"
      label={t.signIn.token}
      hint={`${t.signIn.hint} ${t.signIn.expires}`}
      type="password"
      required
      autofocus
      autocomplete="current-password"
      spellcheck={false}
    />
  </FormDialog>
)

/** Shown in the place of what only an administrator may see. Opens the form by itself once. */
export const SignInRequired = () => {
  const [isOpen, setOpen] = useState(true)
  if (!needsSignIn.value) return null
  return (
    <div class="empty" id="sign-in-required">
      <Icon name="user" />
      <h2>{t.signIn.required}</h2>
      {hasSignIn.value ? (
        <Button look="primary" onClick={() => setOpen(true)}>
          {t.shell.signIn}
        </Button>
      ) : (
        <p>{t.signIn.elsewhere}</p>
      )}
      {isOpen && hasSignIn.value ? <SignInDialog onClose={() => setOpen(false)} /> : null}
    </div>
  )
}
