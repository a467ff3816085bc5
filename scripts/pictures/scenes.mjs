// Clips for the pictures of the console: landscapes that FFmpeg computes from formulas.
import { join } from "node:path"
import { runAsync } from "../examples/processes.mjs"

const SECONDS = 24

/** The colour of the nearest ridge below which a point lies, or that of the sky. */
const ridges = (far, middle, near, sky) =>
  `if(gt(Y,140+9*sin(X/29+T/9)),${near},if(gt(Y,105+15*sin(X/43+T/14)),${middle},if(gt(Y,70+18*sin(X/31+T/20)),${far},${sky})))`

const sun = "exp(-(pow(X-205,2)+pow(Y-88+T/2,2))/400)"
const glitter = "exp(-pow((X-205)/(12+Y/5),2))*(0.7+0.3*sin(Y*2+T*3))"
const sea = (sky, water) => `if(lt(Y,106),${sky},${water})`

const dune = "30*sin(Y/9+2*sin(X/40+T/6))"
const desert = (sky, sand) => `if(lt(Y,50),${sky},${sand})`

const veil = "exp(-pow((Y-70-22*sin(X/40+T/3))/24,2))*(0.6+0.4*sin(X/9+T))"
const night = (sky) => `if(gt(Y,158+5*sin(X/17)),6,${sky})`

/** Red, green and blue of a point of 320 by 180, at T seconds. */
const scenes = {
  harbour: [
    sea(`80+160*Y/106+90*${sun}`, `66+120*${glitter}`),
    sea(`70+70*Y/106+110*${sun}`, `70+70*${glitter}`),
    sea(`110-30*Y/106+40*${sun}`, "105-Y/4")
  ],
  mountains: [
    ridges(96, 62, 35, "200+50*Y/180"),
    ridges(130, 105, 75, "215+35*Y/180"),
    ridges(150, 95, 60, "235-10*Y/180")
  ],
  lights: [night(`14+30*${veil}`), night(`22+205*${veil}`), night(`52+70*${veil}`)],
  dunes: [desert("150+Y", `205+${dune}`), desert("185+Y/2", `155+${dune}`), desert("215-Y/2", `100+${dune}`)]
}

const encoding = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"]

/** Writes the clip of a scene with a tone into the folder and returns its path. */
export const makeScene = async (folder, name) => {
  const [r, g, b] = scenes[name].map((formula) => `'clip(${formula},0,255)'`)
  const path = join(folder, `${name}.mp4`)
  const picture = `color=s=320x180:r=5:d=${SECONDS},format=gbrp,geq=r=${r}:g=${g}:b=${b},scale=854:480:flags=bicubic,fps=25`
  const tone = `sine=frequency=220:duration=${SECONDS}`
  await runAsync("ffmpeg", ["-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, ...encoding, path], folder)
  return path
}

/** Writes a clip that repeats another one and returns its path. */
export const repeated = async (folder, clip, times) => {
  const path = `${clip}-${times}.mp4`
  await runAsync("ffmpeg", ["-y", "-stream_loop", String(times - 1), "-i", clip, "-c", "copy", path], folder)
  return path
}
