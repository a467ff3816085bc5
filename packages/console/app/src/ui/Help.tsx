import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Dialog } from "./Dialog.tsx"
import { Icon } from "./icons.tsx"

interface GroupProps {
  readonly title: string
  readonly rows: ReadonlyArray<readonly [keys: string, text: string]>
}

const Group = ({ rows, title }: GroupProps) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {rows.map(([keys, text]) => (
        <div key={keys}>
          <dt>
            {keys.split(" ").map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  </section>
)

interface Props {
  readonly screens: ReadonlyArray<readonly [name: keyof typeof t.screens, key: string]>
  readonly onClose: () => void
}

/** All shortcuts. */
export const Help = ({ onClose, screens }: Props) => (
  <Dialog title={t.shell.help} class="help" onClose={onClose}>
    <header>
      <h2>{t.shell.help}</h2>
      <Button look="icon-only" aria-label={t.actions.close} onClick={onClose}>
        <Icon name="close" />
      </Button>
    </header>
    <div class="help-groups">
      <Group title={t.help.go} rows={screens.map(([name, key]) => [`g ${key}`, t.screens[name]])} />
      {Object.entries(t.help.sheet).map(([title, rows]) => (
        <Group key={title} title={title} rows={Object.entries(rows)} />
      ))}
    </div>
  </Dialog>
)
