import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { exactTime, now, percent, relativeTime } from "../state/format.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Icon, type IconName } from "./icons.tsx"

/** A relative time with the exact one on hover. */
export const Time = ({ at }: { readonly at: string | null | undefined }) => {
  if (at == null) return <span class="faint">–</span>
  const when = new Date(at)
  return (
    <time dateTime={at} title={exactTime(when)}>
      {relativeTime(when, now.value)}
    </time>
  )
}

export type BadgeTone = "good" | "bad" | "busy" | "idle" | "live"

/** A state: a dot and its name. */
export const Badge = ({ tone, children }: { readonly tone: BadgeTone; readonly children: ComponentChildren }) => (
  <span class="badge" data-tone={tone}>
    {children}
  </span>
)

/** A bar that forced colours keep visible. Without a value it shows activity. */
export const Progress = (props: {
  readonly value: number | undefined
  readonly label: string
  readonly tone?: string
}) => {
  const value = props.value === undefined ? undefined : percent(props.value)
  return (
    <div
      class="progress"
      data-tone={props.tone}
      data-indeterminate={value === undefined}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
    >
      <div style={{ inlineSize: `${value ?? 100}%` }} />
    </div>
  )
}

export const Empty = (props: {
  readonly title: string
  readonly icon: IconName
  readonly children?: ComponentChildren
}) => (
  <div class="empty">
    <Icon name={props.icon} />
    <h2>{props.title}</h2>
    {props.children}
  </div>
)

/** A text to copy, such as a command. */
export const Copyable = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <div class="copyable">
      <span class="copyable-label">{label}</span>
      <div class="copyable-box">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also by the keyboard */}
        <code tabIndex={0} dir="ltr">
          {text}
        </code>
        <Button look="small" aria-label={`${t.actions.copy}: ${label}`} onClick={copy}>
          <Icon name={isCopied ? "check" : "copy"} />
          {isCopied ? t.actions.copied : t.actions.copy}
        </Button>
      </div>
    </div>
  )
}

/** One of several choices, as a row of buttons. */
export const Segments = <A extends string>(props: {
  readonly label: string
  readonly value: A
  readonly choices: ReadonlyArray<{ readonly value: A; readonly text: string; readonly icon?: IconName }>
  readonly onChange: (value: A) => void
}) => (
  <fieldset class="segments">
    <legend class="visually-hidden">{props.label}</legend>
    {props.choices.map(({ icon, text, value }) => (
      <button
        key={value}
        type="button"
        aria-pressed={props.value === value}
        title={text}
        onClick={() => props.onChange(value)}
      >
        {icon === undefined ? text : <Icon name={icon} />}
        {icon === undefined ? undefined : <span class="visually-hidden">{text}</span>}
      </button>
    ))}
  </fieldset>
)

/** A choice among many, as a menu of the browser. */
export const Select = (props: {
  readonly label: string
  readonly value: string
  readonly choices: ReadonlyArray<readonly [value: string, text: string]>
  readonly onChange: (value: string) => void
}) => (
  <label class="select">
    <span class="visually-hidden">{props.label}</span>
    <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
      {props.choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
)

/** The facts of a side panel. */
export const Facts = ({ rows }: { readonly rows: ReadonlyArray<readonly [string, ComponentChildren] | undefined> }) => (
  <dl class="facts">
    {rows.map((row) =>
      row === undefined ? undefined : (
        <div key={row[0]}>
          <dt>{row[0]}</dt>
          <dd>{row[1]}</dd>
        </div>
      )
    )}
  </dl>
)

/** Labels, as small boxes. */
export const Tags = ({ labels }: { readonly labels: ReadonlyArray<string> }) => (
  <>
    {labels.map((label) => (
      <span class="tag" key={label} title={label}>
        {label}
      </span>
    ))}
  </>
)

export const Failure = ({ error }: { readonly error: Error | undefined }) =>
  error === undefined ? null : (
    <p class="error" role="alert">
      {error.message}
    </p>
  )
