import type { ComponentChildren } from "preact"
import { useRef } from "preact/hooks"
import type { BulkAction, BulkResults } from "../api/documents.ts"
import { announce, attempt } from "../state/news.ts"
import { priorities } from "../state/urgency.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Select } from "./choices.tsx"
import { ask } from "./Dialog.tsx"
import { useKeys } from "./keys.ts"

/** A change that the server makes without a further value. */
export type PlainAction = Exclude<BulkAction, "prioritize">

const plain: ReadonlyArray<PlainAction> = ["cancel", "retry", "delete"]

/** How several records of a kind are changed. */
export interface Bulk {
  readonly texts: typeof t.bulk.jobs
  readonly send: (action: BulkAction, ids: ReadonlyArray<string>, priority?: number) => Promise<BulkResults>
  /** Called with the records that were changed, without those that the server refused to change. */
  readonly onChange: (action: BulkAction, ids: ReadonlyArray<string>) => Promise<void>
}

/** The most records of one request. */
const AT_ONCE = 100

/** Returns a text with the numbers of changes and refusals. */
const run = async ({ onChange, send, texts }: Bulk, ...[action, ids, priority]: Parameters<Bulk["send"]>) => {
  const results: Array<BulkResults["results"][number]> = []
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    results.push(...(await send(action, ids.slice(start, start + AT_ONCE), priority)).results)
  }
  const refusals = results.filter(({ status }) => status !== 204)
  const changed = results.filter(({ status }) => status === 204).map(({ uuid }) => uuid)
  await onChange(action, changed)
  const done = texts.done[action](changed.length)
  return t.bulk.outcome(done, refusals.length, refusals[0]?.detail ?? t.errors.generic)
}

/** Changes records. Opens a dialog first when the change cannot be undone. */
export const changeSeveral = (bulk: Bulk, action: PlainAction, ids: ReadonlyArray<string>): void => {
  const { actions, ask: questions, hints } = bulk.texts
  if (action === "retry") return void attempt(() => run(bulk, action, ids))
  ask({
    title: questions[action](ids.length),
    text: hints[action],
    submit: actions[action],
    cancel: t.actions.close,
    act: async () => announce(await run(bulk, action, ids))
  })
}

interface Props {
  readonly bulk: Bulk
  readonly ids: ReadonlyArray<string>
  readonly clear: () => void
  readonly children?: ComponentChildren
}

/** What can be done with the selected records. It lies above the page, so that it moves nothing. */
export const BulkBar = ({ bulk, children, clear, ids }: Props) => {
  const ref = useRef<HTMLElement>(null)
  const clearing: Bulk = {
    ...bulk,
    onChange: async (...changed) => {
      clear()
      await bulk.onChange(...changed)
    }
  }
  useKeys({ b: () => ref.current?.querySelector("button")?.focus() })
  return (
    <section class="bulk" ref={ref} aria-label={t.bulk.label} aria-keyshortcuts="b">
      <span role="status">{t.bulk.selected(ids.length)}</span>
      {plain.map((action) => (
        <Button key={action} look="small" data-action={action} onClick={() => changeSeveral(clearing, action, ids)}>
          {bulk.texts.actions[action]}
        </Button>
      ))}
      <Select
        label={t.terms.urgency}
        value=""
        choices={[["", t.bulk.priority], ...priorities]}
        onChange={(priority) => priority !== "" && attempt(() => run(clearing, "prioritize", ids, Number(priority)))}
      />
      {children}
      <Button look="small" data-action="clear" onClick={clear}>
        {t.actions.clear}
      </Button>
    </section>
  )
}
