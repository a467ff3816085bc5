import { changeRunner, findRunner, removeRunner } from "../api/administration.ts"
import type { Runner } from "../api/documents.ts"
import { labelsIn } from "../state/labels.ts"
import { announce, attempt } from "../state/news.ts"
import { useResource } from "../state/resource.ts"
import { address, navigate, to } from "../state/router.ts"
import { t } from "../texts.ts"
import { Facts, Failure, Time } from "../ui/basic.tsx"
import { ask } from "../ui/Dialog.tsx"
import { SidePanel, useGone } from "../ui/SidePanel.tsx"
import { RunnerStatus } from "./RunnerStatus.tsx"

type Change = Parameters<typeof changeRunner>[1]

/** The list with its search. */
const listUrl = () => to("runners") + address.value.search

const askRemove = (runner: Runner) =>
  ask({
    title: t.runners.removeTitle,
    text: t.runners.removeText(runner.name),
    submit: t.runners.remove,
    act: async () => {
      await removeRunner(runner.id)
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
    <div class="field">
      <label for="runner-name">{t.runners.name}</label>
      <input id="runner-name" name="name" required maxLength={100} dir="auto" defaultValue={runner.name} />
    </div>
    <div class="field">
      <label for="runner-labels">{t.runners.labels}</label>
      <input
        id="runner-labels"
        name="labels"
        defaultValue={runner.labels.join(" ")}
        autocomplete="off"
        spellcheck={false}
        aria-describedby="runner-labels-hint"
      />
      <small id="runner-labels-hint">{t.runners.labelsHint}</small>
    </div>
    <button type="submit" class="button">
      {t.actions.save}
    </button>
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
        <button
          type="button"
          class="button small"
          title={t.runners.pauseHint}
          onClick={() => change({ state: "paused" })}
        >
          {t.runners.pause}
        </button>
        <button type="button" class="button small" onClick={() => change({ state: "draining" })}>
          {t.runners.drain}
        </button>
      </>
    ) : (
      <button type="button" class="button small primary" onClick={() => change({ state: "active" })}>
        {t.runners.activate}
      </button>
    )}
    <button type="button" class="button small" data-action="remove" onClick={() => askRemove(runner)}>
      {t.runners.remove}
    </button>
  </div>
)

const Body = ({ change, runner }: Props) => (
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
        [t.runners.current, runner.currentJobs],
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
  const { data, error, reload } = useResource(
    `runner ${id}`,
    async (signal) => ({ runner: await findRunner(Number(id), signal) }),
    ({ runnerId, type }) => runnerId === Number(id) || type === "job.completed"
  )
  const runner = data?.runner
  useGone(data !== undefined && runner === undefined, listUrl())
  const change = (wanted: Change) =>
    attempt(async () => {
      const { name } = await changeRunner(Number(id), wanted)
      await Promise.all([reload(), onChange()])
      return t.runners.saved(name)
    })
  return (
    <SidePanel title={runner?.name ?? ""} closeTo={listUrl()}>
      <Failure error={error} />
      {runner === undefined ? null : <Body runner={runner} change={change} />}
    </SidePanel>
  )
}
