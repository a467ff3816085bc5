// Uploads a video to an example, lets a runner transcode it, and plays the result.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { chromiumPath, programPath } from "../programs.mjs"
import { root } from "../setup.mjs"

const { chromium } = createRequire(join(root, "test", "e2e", "package.json"))("playwright-core")

const browser = chromiumPath()
const hasFfmpeg = programPath("ffmpeg") !== undefined

const expectStatus = async (response, status) => {
  if (response.status === status) return response
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`)
}

/** Hands in the file and returns the id of its video. */
export const upload = async (origin, path) => {
  const body = readFileSync(path)
  const response = await fetch(`${origin}/videos?name=clip.mp4`, {
    method: "POST",
    headers: { "content-type": "video/mp4" },
    body
  })
  return (await (await expectStatus(response, 201)).json()).id
}

const LIMIT_MILLIS = 60_000

/** Waits until the video has a playlist, and returns its address. */
export const playable = async (origin, id) => {
  const end = performance.now() + LIMIT_MILLIS
  while (performance.now() < end) {
    const document = await (await expectStatus(await fetch(`${origin}/videos/${id}`), 200)).json()
    if (document.playlist) return new URL(document.playlist, origin).href
    await pause(200)
  }
  throw new Error(`The video ${id} of ${origin} cannot be played after a minute`)
}

const urisOf = (playlist) =>
  playlist.split("\n").flatMap((line) => {
    if (line.startsWith("#")) return [...line.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri)
    return line.trim() === "" ? [] : [line.trim()]
  })

/** Reads the playlist and everything below it. */
const fetchAll = async (address, seen = new Set()) => {
  if (seen.has(address)) return
  seen.add(address)
  const response = await fetch(address, address.includes(".m3u8") ? {} : { headers: { range: "bytes=0-99" } })
  await expectStatus(response, address.includes(".m3u8") ? 200 : 206)
  const text = await response.text()
  if (!address.includes(".m3u8")) return
  if (!text.startsWith("#EXTM3U")) throw new Error(`${address} is no playlist: ${text}`)
  for (const uri of urisOf(text)) await fetchAll(new URL(uri, address).href, seen)
}

/** Plays by FFmpeg, which decodes every frame, or fetches every file where there is no FFmpeg. */
export const play = async (address) => {
  await fetchAll(address)
  if (!hasFfmpeg) return
  const { status, stderr } = spawnSync("ffmpeg", ["-v", "error", "-xerror", "-i", address, "-f", "null", "-"], {
    encoding: "utf8"
  })
  if (status !== 0 || stderr !== "") throw new Error(`FFmpeg cannot play ${address}: ${stderr}`)
}

/** Starts Chromium, whose pages may play by themselves. */
export const launchBrowser = () => {
  if (browser === undefined) throw new Error("There is no Chromium on PATH. Install it and try again.")
  const args = ["--autoplay-policy=no-user-gesture-required"]
  return chromium.launch({ executablePath: browser, args })
}

/** Chooses a file in the page of the site in Chromium, and watches the video to its end. Fetches the player without Chromium. */
export const watchPage = async (origin, file) => {
  await expectStatus(await fetch(`${origin}/hls.mjs`), 200)
  if (browser === undefined) return
  const program = await launchBrowser()
  try {
    const page = await program.newPage()
    page.setDefaultTimeout(LIMIT_MILLIS)
    await page.goto(origin)
    await page.setInputFiles("input", file)
    await page.waitForFunction(() => document.querySelector("video").readyState > HTMLMediaElement.HAVE_CURRENT_DATA)
    await page.evaluate(() => document.querySelector("video").play())
    await page.waitForFunction(() => document.querySelector("video").ended)
  } finally {
    await program.close()
  }
}

const tus = { "tus-resumable": "1.0.0" }

/** Loads the console with its script, signs in, uploads the file in two parts and finds its video in the list. */
export const openConsole = async (origin, { api, path }, token, file) => {
  const page = await expectStatus(await fetch(`${origin}${path}/`), 200)
  const [, script] = /<script[^>]* src="\.\/([^"]+)"/.exec(await page.text()) ?? []
  await expectStatus(await fetch(`${origin}${path}/${script}`), 200)
  const json = { "content-type": "application/json" }
  const form = { method: "POST", headers: json, body: JSON.stringify({ token }) }
  const signedIn = await expectStatus(await fetch(`${origin}${api}/session`, form), 200)
  const cookie = signedIn.headers.get("set-cookie").split(";")[0]
  const bytes = readFileSync(file)
  const metadata = `filename ${Buffer.from("clip.mp4").toString("base64")}`
  const length = { "upload-length": String(bytes.length), "upload-metadata": metadata }
  const created = await fetch(`${origin}${api}/videos/uploads`, {
    method: "POST",
    headers: { ...tus, ...length, cookie }
  })
  const place = (await expectStatus(created, 201)).headers.get("location")
  for (const [begin, end] of [
    [0, 1000],
    [1000, bytes.length]
  ]) {
    const headers = {
      ...tus,
      cookie,
      "content-type": "application/offset+octet-stream",
      "upload-offset": String(begin)
    }
    const body = bytes.subarray(begin, end)
    await expectStatus(await fetch(`${origin}${place}`, { method: "PATCH", headers, body }), 204)
  }
  const { data } = await (
    await expectStatus(await fetch(`${origin}${api}/videos`, { headers: { cookie } }), 200)
  ).json()
  if (!data.some(({ uuid }) => place.endsWith(uuid))) throw new Error(`The console of ${origin} misses ${place}`)
}
