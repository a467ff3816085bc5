import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { exactTime, percent, relativeTime } from "../state/format.ts"
import { type Term, t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Icon, type IconName } from "./icons.tsx"

/** A relative time with the exact one on hover. */
export const Time = ({ at }: { readonly at: string | null | undefined }) => {
  if (at == null) return <span class="faint">–</span>
  const when = new Date(at)
  return (
    <time dateTime={at} title={exactTime(when)}>
      {relativeTime(when)}
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

interface EmptyProps {
  readonly title: string
  readonly icon: IconName
  readonly hint?: string
  /** What to do first. */
  readonly steps?: ReadonlyArray<string>
  readonly children?: ComponentChildren
}

/** Shown in the place of a list or a page without content. */
export const Empty = ({ children, hint, icon, steps, title }: EmptyProps) => (
  <div class="empty">
    <Icon name={icon} />
    <h2>{title}</h2>
    {hint && <p>{hint}</p>}
    {steps && (
      <ol>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    )}
    {children}
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

/** Facts by their names. Those without a value are left out. */
export const Facts = ({ of }: { readonly of: Partial<Readonly<Record<Term, ComponentChildren>>> }) => (
  <dl class="facts">
    {(Object.keys(of) as ReadonlyArray<Term>).map((name) =>
      of[name] == null ? null : (
        <div key={name}>
          <dt>{t.terms[name]}</dt>
          <dd>{of[name]}</dd>
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
