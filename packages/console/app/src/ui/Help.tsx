import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Dialog } from "./Dialog.tsx"
import { Icon } from "./icons.tsx"

const { keys } = t.help
const { screens } = t

type Sheet = ReadonlyArray<readonly [title: string, rows: ReadonlyArray<readonly [keys: string, text: string]>]>

const sheet: Sheet = [
  [
    t.help.everywhere,
    [
      ["Ctrl K", keys.palette],
      ["?", keys.help],
      ["u", keys.upload],
      ["Esc", keys.close]
    ]
  ],
  [
    t.help.go,
    [
      ["g o", screens.overview],
      ["g v", screens.videos],
      ["g l", screens.lives],
      ["g r", screens.runners],
      ["g j", screens.jobs],
      ["g w", screens.webhooks],
      ["g s", screens.settings]
    ]
  ],
  [
    t.help.lists,
    [
      ["/", keys.filter],
      ["j", keys.next],
      ["k", keys.previous],
      ["x", keys.select],
      ["o", keys.open],
      ["b", keys.bulk]
    ]
  ],
  [
    t.help.player,
    [
      ["Space k", keys.play],
      ["j l", keys.seek],
      ["← →", keys.nudge],
      ["↑ ↓", keys.volume],
      ["m", keys.mute],
      ["f", keys.fullscreen],
      ["c", keys.captions],
      ["< >", keys.speed]
    ]
  ]
]

/** All shortcuts. */
export const Help = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title={t.help.title} class="help" onClose={onClose}>
    <header>
      <h2>{t.help.title}</h2>
      <Button look="icon-only" aria-label={t.actions.close} onClick={onClose}>
        <Icon name="close" />
      </Button>
    </header>
    <div class="help-groups">
      {sheet.map(([title, rows]) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl>
            {rows.map(([names, text]) => (
              <div key={names}>
                <dt>
                  {names.split(" ").map((name) => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Dialog>
)
