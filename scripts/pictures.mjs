// Makes the pictures of the console in `docs/images`. Starts the server and a runner, uploads generated clips, and photographs
// the pages with Chromium. Needs FFmpeg and Chromium on PATH. Port 9000 must be free, because the pages show the address.
import { mkdtempSync, openAsBlob, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { launchBrowser } from "./examples/playing.mjs"
import { runAsync, startProgram } from "./examples/processes.mjs"
import { makeScene, repeated } from "./pictures/scenes.mjs"
import { root } from "./setup.mjs"

const PORT = "9000"
const ORIGIN = `http://127.0.0.1:${PORT}`
const ADMIN_TOKEN = "the-administrators-token"
const LIMIT_MILLIS = 600_000

const folder = mkdtempSync(join(tmpdir(), "runner-connector-pictures-"))
const command = (...args) => [join(root, "scripts", "run.mjs"), ...args]

const startServer = async () => {
  const server = startProgram(command("start"), root, {
    ADMIN_TOKEN,
    PORT,
    DATA_DIR: join(folder, "data"),
    // The pictures never show an installation of the person who makes them.
    DATABASE_URL: "",
    S3_BUCKET: "",
    HOST: "127.0.0.1",
    PUBLIC_URL: ORIGIN,
    LOCAL_RUNNER: "off",
    TRANSCODING_RESOLUTIONS_240P: "on",
    TRANSCODING_RESOLUTIONS_360P: "on",
    TRANSCODING_RESOLUTIONS_480P: "on"
  })
  await server.says(/^Open /m)
  return server
}

/** Calls the API as the administrator. */
const call = async (method, path, body) => {
  const type = body instanceof FormData || body === undefined ? {} : { "content-type": "application/json" }
  const response = await fetch(ORIGIN + path, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...type },
    body: body instanceof FormData ? body : JSON.stringify(body)
  })
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

const startRunner = async () => {
  const { registrationToken } = await call("POST", "/api/v1/runners/registration-tokens/generate", {})
  const registration = ["--url", ORIGIN, "--registration-token", registrationToken, "--name", "studio-1"]
  const pace = ["--progress-interval", "1 second", "--drain-timeout", "1 second"]
  return startProgram(command("runner", ...registration, ...pace, "--work-directory", join(folder, "runner")), root)
}

const upload = async (path, title, plan = {}) => {
  const form = new FormData()
  for (const [name, value] of Object.entries({ title, ...plan })) form.append(name, value)
  form.append("videoFile", await openAsBlob(path), `${title.toLowerCase().replaceAll(" ", "-")}.mp4`)
  return (await call("POST", "/videos/upload", form)).video.uuid
}

const openPage = async (browser) => {
  // The policy of the pages forbids the functions by which Playwright waits.
  const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, bypassCSP: true })
  context.setDefaultTimeout(LIMIT_MILLIS)
  await context.request.post(`${ORIGIN}/session`, { data: { token: ADMIN_TOKEN }, failOnStatusCode: true })
  return context.newPage()
}

/** Photographs the page with at most 256 colours, which makes the file several times smaller. */
const photograph = async (page, name) => {
  const photo = join(folder, `${name}.png`)
  await page.screenshot({ path: photo })
  const palette = "split[photo][copy];[copy]palettegen=reserve_transparent=0[colours];[photo][colours]paletteuse"
  const target = join(root, "docs", "images", `${name}.png`)
  await runAsync("ffmpeg", ["-y", "-i", photo, "-vf", palette, "-compression_level", "100", target], folder)
}

const showVideo = async (page, uuid) => {
  await page.goto(`${ORIGIN}/v/${uuid}`)
  await page.waitForFunction(() => document.querySelector("#player :is(hls-video, video)")?.readyState > 2)
  await page.evaluate(() => {
    const media = document.querySelector("#player :is(hls-video, video)")
    media.pause()
    media.currentTime = 10
  })
  await page.waitForFunction(() => !document.querySelector("#player :is(hls-video, video)").seeking)
  await photograph(page, "console-watch")
}

const showEdit = async (page) => {
  await page.setViewportSize({ width: 1280, height: 940 })
  await page.locator('[data-action="edit"]').click()
  await page.locator(".frame > span").first().waitFor()
  for (const [name, seconds] of [
    ["end", "18.5"],
    ["start", "4.2"]
  ]) {
    await page.locator(`input[name="${name}"]`).fill(seconds)
    await page.locator(`input[name="${name}"]`).blur()
  }
  await page.waitForFunction(() => {
    const { currentTime, readyState, seeking } = document.querySelector(".part-preview :is(hls-video, video)")
    return currentTime > 4 && readyState > 1 && !seeking
  })
  await photograph(page, "console-edit")
  await page.setViewportSize({ width: 1280, height: 760 })
}

const showWork = async (page) => {
  await page.goto(`${ORIGIN}/console/videos`)
  await page.waitForFunction(() =>
    Array.from(document.querySelectorAll(".chip-fill")).some(({ style }) => Number.parseFloat(style.inlineSize) > 20)
  )
  await photograph(page, "console-videos")
  await page.goto(`${ORIGIN}/console/jobs`)
  await page.locator("tbody tr", { hasText: "Processing" }).first().locator("a").first().click()
  await page.locator(".panel .timeline").waitFor()
  await page.mouse.move(0, 0)
  await photograph(page, "console-jobs")
  await page.goto(`${ORIGIN}/console/overview`)
  await page.locator(".chart canvas").waitFor()
  await photograph(page, "console-overview")
}

const settled = async (uuid) => {
  const end = Date.now() + LIMIT_MILLIS
  while (Date.now() < end) {
    const { jobs } = await call("GET", `/videos/${uuid}`)
    if (jobs.every(({ state }) => state.label === "Completed")) return
    await pause(500)
  }
  throw new Error(`The jobs of ${uuid} are not completed after ten minutes`)
}

const makePictures = async () => {
  const mountains = await makeScene(folder, "mountains")
  const harbour = await upload(await makeScene(folder, "harbour"), "Harbour at dawn", { webVideos: "true" })
  const others = [
    await upload(mountains, "Walking in the mountains"),
    await upload(await makeScene(folder, "lights"), "Northern lights")
  ]
  const dunes = await makeScene(folder, "dunes")
  const browser = await launchBrowser()
  const runner = await startRunner()
  try {
    for (const uuid of [harbour, ...others]) await settled(uuid)
    const page = await openPage(browser)
    await showVideo(page, harbour)
    await showEdit(page)
    await upload(await repeated(folder, dunes, 6), "Across the dunes")
    await upload(await repeated(folder, mountains, 6), "Interview in the hut")
    await showWork(page)
  } finally {
    await browser.close()
    await runner.stop()
  }
}

try {
  const server = await startServer()
  try {
    await makePictures()
  } finally {
    await server.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
