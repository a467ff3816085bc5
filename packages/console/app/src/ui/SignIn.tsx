import { useState } from "preact/hooks"
import { ApiError } from "../api/client.ts"
import { signIn } from "../api/session.ts"
import { textIn } from "../state/form.ts"
import { hasSignIn, needsSignIn } from "../state/session.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Empty } from "./basic.tsx"
import { FormDialog } from "./Dialog.tsx"
import { Field } from "./Field.tsx"

const submit = (given: FormData) =>
  signIn(textIn(given, "token")).catch((error) => {
    throw error instanceof ApiError && error.status === 401 ? new Error(t.signIn.wrong) : error
  })

/** The form for the administrator's token. The server keeps the session in a cookie that no script can read. */
export const SignInDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <FormDialog title={t.shell.signIn} submit={t.signIn.submit} onClose={onClose} onSubmit={submit}>
    <p class="hint">{t.signIn.intro}</p>
    <Field
      name="token"
      label={t.signIn.token}
      hint={`${t.signIn.hint} ${t.signIn.expires}`}
      type="password"
      required
      autofocus
      autocomplete="current-password"
    />
  </FormDialog>
)

/** Shown in the place of what only an administrator may see. Opens the form by itself once. */
export const SignInRequired = () => {
  const [isOpen, setOpen] = useState(true)
  if (!needsSignIn.value) return null
  return (
    <div id="sign-in-required">
      <Empty icon="user" title={t.signIn.required} hint={hasSignIn.value ? "" : t.signIn.elsewhere}>
        {hasSignIn.value && (
          <Button look="primary" onClick={() => setOpen(true)}>
            {t.shell.signIn}
          </Button>
        )}
      </Empty>
      {isOpen && hasSignIn.value && <SignInDialog onClose={() => setOpen(false)} />}
    </div>
  )
}
