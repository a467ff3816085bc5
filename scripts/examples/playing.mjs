// Uploads a video to an example, lets a runner transcode it, and plays the result.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0

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
