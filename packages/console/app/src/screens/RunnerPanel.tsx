import { findRunner, ofRunner } from "../api/administration.ts"
import { client } from "../api/client.ts"
import type { BodyOf, Runner } from "../api/documents.ts"
import { labelsIn } from "../state/labels.ts"
import { announce, attempt } from "../state/news.ts"
import { useResource } from "../state/resource.ts"
import { address, navigate, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Facts, Time } from "../ui/basic.tsx"
import { ask } from "../ui/Dialog.tsx"
import { Field } from "../ui/Field.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { SidePanel, useGone } from "../ui/SidePanel.tsx"
import { RunnerStatus } from "./RunnerStatus.tsx"
import { figureRows, type RunnerFigures, readFigures } from "./runnerFigures.tsx"

type Change = BodyOf<"updateRunner">

/** The list with its search. */
const listUrl = () => to("runners") + address.value.search

const askRemove = (runner: Runner) =>
  ask({
    title: t.runners.removeTitle,
    text: t.runners.removeText(runner.name),
    submit: t.runners.remove,
    act: async () => {
      await client.deleteRunner(ofRunner(runner.id))
      announce(t.runners.removed(runner.name))
      navigate(listUrl())
    }
  })

const Settings = ({ change, runner }: { readonly runner: Runner; readonly change: (change: Change) => void }) => (
  <form
    class="panel-form"
    onSubmit={(event) => {
      event.preventDefault()
      const given = new FormData(event.currentTarget)
      const labels = labelsIn(given)
      const name = String(given.get("name") ?? "").trim()
      change({ ...(name === runner.name ? {} : { name }), labels })
    }}
  >
    <Field
      id="runner-name"
      name="name"
      label={t.runners.name}
      required
      maxLength={100}
      dir="auto"
      defaultValue={runner.name}
    />
    <Field
      id="runner-labels"
      name="labels"
      label={t.runners.labels}
      hint={t.runners.labelsHint}
      defaultValue={runner.labels.join(" ")}
      autocomplete="off"
      spellcheck={false}
    />
    <Button isSubmit>{t.actions.save}</Button>
  </form>
)

interface Props {
  readonly runner: Runner
  readonly change: (change: Change) => void
}

const Actions = ({ change, runner }: Props) => (
  <div class="buttons">
    {runner.state === "active" ? (
      <>
        <Button look="small" title={t.runners.pauseHint} onClick={() => change({ state: "paused" })}>
          {t.runners.pause}
        </Button>
        <Button look="small" onClick={() => change({ state: "draining" })}>
          {t.runners.drain}
        </Button>
      </>
    ) : (
      <Button look="small primary" onClick={() => change({ state: "active" })}>
        {t.runners.activate}
      </Button>
    )}
    <Button look="small" data-action="remove" onClick={() => askRemove(runner)}>
      {t.runners.remove}
    </Button>
  </div>
)

const Body = ({ change, figures, runner }: Props & { readonly figures: RunnerFigures }) => (
  <>
    <div class="panel-state">
      <RunnerStatus runner={runner} />
    </div>
    {runner.quarantine == null ? null : <p class="error">{runner.quarantine.reason}</p>}
    <Actions runner={runner} change={change} />
    <Facts
      rows={[
        runner.description === null ? undefined : [t.runners.description, <span dir="auto">{runner.description}</span>],
        [t.runners.version, runner.version ?? "–"],
        [t.runners.address, <code>{runner.ip ?? "–"}</code>],
        ...figureRows(runner.id, figures),
        [t.runners.onlineSince, <Time at={runner.onlineSince} />],
        [t.runners.contact, <Time at={runner.lastContact} />],
        [t.runners.registered, <Time at={runner.createdAt} />]
      ]}
    />
    <Settings runner={runner} change={change} />
    <a href={`${to("jobs")}?runner=${runner.id}`}>{t.runners.jobs}</a>
  </>
)

/** The details of a runner beside the list. Each change reloads the list. */
export const RunnerPanel = ({ id, onChange }: { readonly id: string; readonly onChange: () => Promise<void> }) => {
  const read = useResource(
    `runner ${id}`,
    async (signal) => {
      const [runner, figures] = await Promise.all([findRunner(Number(id), signal), readFigures(id, signal)])
      return { runner, figures }
    },
    ({ runnerId, type }) => runnerId === Number(id) || type === "job.completed"
  )
  const { figures, runner } = read.data ?? {}
  const data = runner === undefined || figures === undefined ? undefined : { runner, figures }
  useGone(read.data !== undefined && runner === undefined, listUrl())
  const change = (wanted: Change) =>
    attempt(async () => {
      const { name } = await client.updateRunner({ ...ofRunner(Number(id)), body: wanted })
      await Promise.all([read.reload(), onChange()])
      return t.runners.saved(name)
    })
  return (
    <SidePanel title={runner?.name ?? ""} closeTo={listUrl()}>
      <Loaded of={{ data, error: read.error }}>{(known) => <Body {...known} change={change} />}</Loaded>
    </SidePanel>
  )
}
