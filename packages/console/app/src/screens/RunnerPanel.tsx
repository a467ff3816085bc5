import { getRunner, ofRunner } from "../api/administration.ts"
import { client } from "../api/client.ts"
import type { BodyOf, Runner } from "../api/documents.ts"
import { labelsIn, textIn } from "../state/form.ts"
import { announce, attempt } from "../state/news.ts"
import { useResource } from "../state/resource.ts"
import { address, navigate, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { type Action, Actions, Button } from "../ui/Button.tsx"
import { Facts, Time } from "../ui/basic.tsx"
import { ask } from "../ui/Dialog.tsx"
import { Field } from "../ui/Field.tsx"
import { SidePanel } from "../ui/SidePanel.tsx"
import { RunnerStatus } from "./RunnerStatus.tsx"
import { figureFacts, type RunnerFigures, readFigures } from "./runnerFigures.tsx"

type Change = BodyOf<"updateRunner">

/** The list with its search. */
const listUrl = () => to("runners") + address.value.search

const askRemove = (runner: Runner) =>
  ask({
    title: t.runners.removeTitle,
    text: t.runners.removeText(runner.name),
    submit: t.actions.remove,
    act: async () => {
      await client.deleteRunner(ofRunner(runner.id))
      announce(t.runners.removed(runner.name))
      navigate(listUrl())
    }
  })

interface Props {
  readonly runner: Runner
  readonly change: (change: Change) => void
}

const Settings = ({ change, runner }: Props) => (
  <form
    class="panel-form"
    onSubmit={(event) => {
      event.preventDefault()
      const given = new FormData(event.currentTarget)
      const name = textIn(given, "name")
      change({ ...(name === runner.name ? {} : { name }), labels: labelsIn(given) })
    }}
  >
    <Field name="name" label={t.terms.name} required maxLength={100} dir="auto" defaultValue={runner.name} />
    <Field name="labels" label={t.terms.labels} hint={t.runners.labelsHint} defaultValue={runner.labels.join(" ")} />
    <Button isSubmit>{t.actions.save}</Button>
  </form>
)

const actionsOf = ({ change, runner }: Props): ReadonlyArray<Action | false> => {
  const isActive = runner.state === "active"
  const to = (state: Runner["state"]) => () => change({ state })
  return [
    isActive && { name: "pause", text: t.actions.pause, title: t.runners.pauseHint, act: to("paused") },
    isActive && { name: "drain", text: t.runners.drain, act: to("draining") },
    !isActive && { name: "activate", text: t.runners.activate, look: "primary", act: to("active") },
    { name: "remove", text: t.actions.remove, act: () => askRemove(runner) }
  ]
}

const Body = ({ change, figures, runner }: Props & { readonly figures: RunnerFigures }) => (
  <>
    <div class="panel-state">
      <RunnerStatus runner={runner} />
    </div>
    {runner.quarantine && <p class="error">{runner.quarantine.reason}</p>}
    <Actions of={actionsOf({ change, runner })} />
    <Facts
      of={{
        description: runner.description && <span dir="auto">{runner.description}</span>,
        version: runner.version ?? "–",
        address: <code>{runner.ip ?? "–"}</code>,
        ...figureFacts(runner.id, figures),
        onlineSince: <Time at={runner.onlineSince} />,
        lastContact: <Time at={runner.lastContact} />,
        registered: <Time at={runner.createdAt} />
      }}
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
      const [runner, figures] = await Promise.all([getRunner(Number(id), signal), readFigures(id, signal)])
      return { runner, figures }
    },
    ({ runnerId, type }) => runnerId === Number(id) || type === "job.completed"
  )
  const change = (wanted: Change) =>
    attempt(async () => {
      const { name } = await client.updateRunner({ ...ofRunner(Number(id)), body: wanted })
      await Promise.all([read.reload(), onChange()])
      return t.runners.saved(name)
    })
  return (
    <SidePanel title={read.data?.runner.name ?? ""} closeTo={listUrl()} of={read}>
      {(known) => <Body {...known} change={change} />}
    </SidePanel>
  )
}
