import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { assertAccessible } from "../support/axe.ts"
import { type Cases, go, Stage } from "../support/consoleStage.ts"
import { hasNative, leftOut } from "../support/native.ts"
import { press, seen } from "../support/page.ts"
import { until } from "../support/waiting.ts"

/** The ids of the jobs in the list, in alphabetical order. */
const listed = `[...document.querySelectorAll("tbody tr a[href*='/jobs/']")].map(({ pathname }) => pathname.split("/").at(-1)).sort().join()`

const listOf = (jobs: ReadonlyArray<{ readonly uuid: string }>) =>
  jobs
    .map(({ uuid }) => uuid)
    .sort()
    .join()

/** Whether a field suggests this text. */
const suggested = (text: string) =>
  `[...document.querySelectorAll("datalist option")].some(({ value }) => value === ${JSON.stringify(text)})`

/** The list of jobs with its filters, and the panel of a job. */
export const jobCases: Cases = (it) => {
  it.effect("lists the jobs of one video and of one runner", () =>
    Effect.gen(function* () {
      const { made, tab } = yield* Stage
      const expected = listOf(made.jobs)
      yield* go(`/v/${made.uuid}`, ".card-more")
      yield* tab.click(".card-more")
      yield* tab.until(`location.search === "?video=${made.uuid}" && ${listed} === "${expected}"`)
      const jobs = ".panel a[href$='?runner=1']"
      yield* go("/console/runners/1", jobs)
      yield* tab.click(jobs)
      yield* tab.until(`location.search === "?runner=1" && ${listed} === "${expected}"`)
      yield* tab.click(".toolbar button")
      yield* tab.until(`location.search === "" && ${listed}.split(",").length > ${made.jobs.length}`)
    })
  )

  it.effect("filters jobs by label, video and runner", () =>
    Effect.gen(function* () {
      const { client, made, waiting } = yield* Stage
      assert.strictEqual((yield* client.send(`/videos/${made.uuid}/transcript`, { method: "POST" })).status, 200)
      const { jobs } = yield* client.video(made.uuid)
      const captions = jobs.filter(({ type }) => type === "video-transcription")
      const tab = yield* go("/console/jobs", "tbody tr")
      const type = (label: string, text: string) =>
        Effect.zipRight(
          tab.evaluate(`document.querySelector(".suggest [placeholder=${label}]").select()`),
          tab.send("Input.insertText", { text })
        )
      yield* type("Label", "ears")
      yield* tab.evaluate(`document.activeElement.blur()`)
      yield* tab.until(`location.search === "?label=ears" && ${listed} === "${listOf(captions)}"`)
      yield* tab.click("tbody a")
      yield* tab.until(`document.querySelector(".panel .tag")?.textContent === "ears"`)
      yield* assertAccessible(tab, "the panel of a job with a label")
      yield* press(tab, "Escape")
      yield* tab.click("[data-action=clear]")
      yield* type("Video", waiting.name)
      const suggestion = `${waiting.name} · ${waiting.uuid.slice(0, 8)}`
      yield* tab.until(suggested(suggestion))
      yield* type("Video", suggestion)
      yield* tab.until(`location.search === "?video=${waiting.uuid}" && ${listed} === "${listOf(waiting.jobs)}"`)
      yield* tab.until(`document.querySelector(".suggest [placeholder=Video]").value === "${suggestion}"`)
      yield* tab.click("[data-action=clear]")
      yield* tab.until(`location.search === "" && ${listed}.split(",").length > ${made.jobs.length}`)
      const [{ id, name }] = JSON.parse((yield* client.send("/api/v1/runners?sort=createdAt&count=1")).text).data
      yield* type("Runner", name.slice(1))
      yield* tab.until(suggested(`${name} · ${id}`))
      yield* type("Runner", `${name} · ${id}`)
      yield* tab.until(`location.search === "?runner=1" && ${listed} === "${listOf(made.jobs)}"`)
      yield* go("/console/jobs?runner=1", "tbody tr")
      yield* tab.until(`document.querySelector(".suggest [placeholder=Runner]").value === "${name} · ${id}"`)
    })
  )

  it.effect("goes to the last page from one behind the end of a list", () =>
    Effect.gen(function* () {
      const { made } = yield* Stage
      const tab = yield* go("/console/jobs", "tbody tr")
      const visit = (address: string) => tab.evaluate(`(window.isOld = true, location.assign("${address}"))`)
      const shows = (search: string, rows: string) =>
        tab.until(`window.isOld === undefined && location.search === "${search}" && ${rows}`)
      yield* visit("/console/jobs?runner=1&start=500")
      yield* shows("?runner=1", `${listed} === "${listOf(made.jobs)}"`)
      yield* visit("/console/runners?start=700")
      yield* shows("", seen("section[aria-label=Runners] tbody tr"))
    })
  )

  it.effect("changes the priority of a job", () =>
    Effect.gen(function* () {
      const { client, waiting } = yield* Stage
      const path = `/jobs/${waiting.jobs[0]?.uuid}`
      const tab = yield* go(`/console${path}`, ".panel select")
      const select = `document.querySelector(".panel select")`
      assert.strictEqual(yield* tab.evaluate(`${select}.value`), "0")
      yield* tab.evaluate(`(${select}.value = "5", ${select}.dispatchEvent(new Event("change", { bubbles: true })))`)
      yield* tab.until(`document.querySelector(".notice")?.textContent === "The priority is changed."`)
      yield* assertAccessible(tab, "the panel of a job with a priority")
      assert.strictEqual(JSON.parse((yield* client.send(path)).text).urgency, 5)
    })
  )

  it.effect("changes the priority of several jobs", () =>
    Effect.gen(function* () {
      const { client, waiting } = yield* Stage
      const tab = yield* go(`/console/jobs?video=${waiting.uuid}`, "tbody tr")
      yield* tab.click("thead input[type=checkbox]")
      yield* tab.until(seen(".bulk select"))
      yield* assertAccessible(tab, "selected jobs")
      const select = `document.querySelector(".bulk select")`
      yield* tab.evaluate(`(${select}.value = "-3", ${select}.dispatchEvent(new Event("change", { bubbles: true })))`)
      const count = waiting.jobs.length
      const notice = `${count} ${count === 1 ? "job" : "jobs"} moved to another priority.`
      yield* tab.until(`document.querySelector(".notice")?.textContent === ${JSON.stringify(notice)}`)
      yield* tab.until(`!${seen(".bulk")}`)
      for (const { uuid } of waiting.jobs) {
        assert.strictEqual(JSON.parse((yield* client.send(`/jobs/${uuid}`)).text).urgency, -3)
      }
    })
  )

  it.effect("cancels and retries jobs, one and several at once", () =>
    Effect.gen(function* () {
      const { waiting } = yield* Stage
      const tab = yield* go("/console/jobs?state=1", "tbody tr")
      yield* tab.click("thead input[type=checkbox]")
      yield* tab.until(seen(".bulk"))
      yield* assertAccessible(tab, "selected jobs")
      yield* tab.click(".bulk button")
      yield* tab.until(seen(".dialog .danger"))
      yield* tab.click(".dialog .danger")
      yield* tab.until(seen(".empty"))
      yield* tab.until(
        `performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/jobs/bulk")).length === 1`
      )
      yield* go("/console/jobs?state=6", "tbody tr")
      yield* tab.click("tbody a")
      yield* tab.until(seen(".panel [data-action=retry]"))
      yield* assertAccessible(tab, "the panel of a job")
      assert.strictEqual(
        yield* tab.evaluate(`document.querySelector(".panel a[href*='/v/']").textContent`),
        waiting.name
      )
      yield* tab.click(".panel [data-action=retry]")
      yield* tab.until(seen(".panel [data-action=cancel]"))
    })
  )

  if (hasNative) {
    it.effect("shows a rendition in chunks as one row, and its chunks", () =>
      Effect.gen(function* () {
        const { client, footage, tab } = yield* Stage
        const { uuid } = yield* client.upload(footage.clip, "film.mp4", { graph: "chunked" })
        const film = yield* until("the film is cut", client.video(uuid), ({ chunking }) => chunking?.state === "cut")
        const total = film.jobs.find(({ chunks }) => chunks !== null)?.chunks?.total ?? 0
        assert.isAbove(total, 1)
        yield* go(`/v/${uuid}`, ".rendition")
        const lines = `[...document.querySelectorAll(".rendition")].filter(({ textContent }) => textContent.includes("chunks"))`
        yield* tab.until(`${lines}.length === 1 && ${lines}[0].textContent.includes("0 of ${total} chunks")`)
        yield* go(`/console/jobs?video=${uuid}`, "tbody tr")
        const rows = `[...document.querySelectorAll("tbody tr")].filter(({ textContent }) => textContent.includes("chunks"))`
        yield* tab.until(`${rows}.length === 1 && ${rows}[0].textContent.includes("0 of ${total} chunks")`)
        assert.strictEqual(yield* tab.evaluate(`${rows}[0].querySelector(".progress").ariaValueNow`), "0")
        yield* assertAccessible(tab, "a rendition in chunks")
        yield* tab.evaluate(`${rows}[0].querySelector("a[href*=rendition]").click()`)
        yield* tab.until(`location.search.startsWith("?rendition=") && ${listed}.split(",").length === ${total}`)
        yield* tab.click("tbody a")
        yield* tab.until(`document.querySelector(".panel a[href*=rendition]")?.textContent === "0 of ${total} chunks"`)
        assert.strictEqual((yield* client.remove(uuid)).status, 204)
      })
    )
  } else it("needs native FFmpeg", () => leftOut("a rendition in chunks"))
}
