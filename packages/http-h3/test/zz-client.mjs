import http from "node:http"
import { createReadStream, statSync } from "node:fs"
import { spawn } from "node:child_process"
import { Transform } from "node:stream"
const big = process.env.BIG, port = process.env.PORT
const child = spawn("npx", ["tsx", "test/zz-server.ts"], { env: process.env, stdio: ["ignore", "pipe", "inherit"], detached: true })
const lines = []; let waiters = []
let buf = ""
child.stdout.on("data", (d) => { buf += d; let i; while ((i = buf.indexOf("\n")) >= 0) { const l = buf.slice(0, i); buf = buf.slice(i + 1); const w = waiters.shift(); w ? w(l) : lines.push(l) } })
const line = () => lines.length ? Promise.resolve(lines.shift()) : new Promise((r) => waiters.push(r))
const jobs = JSON.parse(await line())
const { execSync } = await import("node:child_process")
const pid = execSync(`ss -ltnp | grep :${port} | sed 's/.*pid=\\([0-9]*\\).*/\\1/'`).toString().trim()
const mem = async () => { process.kill(Number(pid), "SIGUSR2"); return line() }
const upload = (j, n, mult) => new Promise((resolve, reject) => {
  const B = "--------------------------072772f57c56cd9046cd096d"
  const f = (n, v) => `--${B}\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n`
  const req = http.request({ port, host: "127.0.0.1", method: "POST", path: `/api/v1/runners/jobs/${j.id}/success`, headers: { "content-type": `multipart/form-data; boundary=${B}` } }, (res) => { res.resume(); res.on("end", () => resolve(res.statusCode)) })
  req.on("error", reject)
  req.write(f("jobToken", j.jobToken) + f("runnerToken", j.runnerToken) + `--${B}\r\nContent-Disposition: form-data; name="payload[videoFile]"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n`)
  const s = createReadStream(big)
  s.on("end", () => { req.end(`\r\n--${B}\r\nContent-Disposition: form-data; name="payload[resolutionPlaylistFile]"; filename="a.m3u8"\r\n\r\nx\r\n--${B}--\r\n`) })
  s.pipe(req, { end: false })
})
const download = (j) => new Promise((resolve, reject) => {
  const req = http.request({ port, host: "127.0.0.1", method: "POST", path: `/api/v1/runners/jobs/${j.id}/files/videos/${j.video}/max-quality`, headers: { "content-type": "application/json" } }, (res) => { let n = 0; res.on("data", (d) => n += d.length); res.on("end", () => resolve([res.statusCode, n])) })
  req.on("error", reject); req.end(JSON.stringify({ runnerToken: j.runnerToken, jobToken: j.jobToken }))
})
console.log("start", await mem())
const size = statSync(big).size
for (let i = 0; i < 3; i++) { const t = performance.now(); const s = await download(jobs[11]); const d = performance.now() - t; console.log("download", s, (size / 1e6 / (d / 1000)) | 0, "MB/s", await mem()) }
if (!process.env.NOUP) for (let i = 0; i < 3; i++) { const t = performance.now(); const s = await upload(jobs[i]); const d = performance.now() - t; console.log("upload", s, (size / 1e6 / (d / 1000)) | 0, "MB/s", await mem()) }
process.kill(-child.pid)
process.exit()
