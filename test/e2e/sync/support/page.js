// Runs in the browser: plays an address and notes when the picture becomes bright and when the sound begins.
const BRIGHT = 120

const recorder = `
  registerProcessor("onsets", class extends AudioWorkletProcessor {
    quiet = 0
    process([[samples]]) {
      if (samples) {
        for (let n = 0; n < samples.length; n++) {
          if (Math.abs(samples[n]) < 0.05) this.quiet++
          else {
            if (this.quiet > sampleRate * 0.3) this.port.postMessage((currentFrame + n) / sampleRate)
            this.quiet = 0
          }
        }
      }
      return true
    }
  })
`

const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }))

/** Notes the media time of the first bright frame of each flash, if the frame before it was seen, too. */
const watch = (video, fps, flashes) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 })
  const context = canvas.getContext("2d", { willReadFrequently: true })
  let last
  const look = (_, { mediaTime }) => {
    context.drawImage(video, 0, 0, 8, 8)
    const bright = context.getImageData(4, 4, 1, 1).data[1] > BRIGHT
    if (bright && last?.bright === false && mediaTime - last.mediaTime < 1.5 / fps) flashes.push(mediaTime)
    last = { bright, mediaTime }
    video.requestVideoFrameCallback(look)
  }
  video.requestVideoFrameCallback(look)
}

const start = async (video, url, isHls) => {
  if (!isHls) {
    video.src = url
    return undefined
  }
  const { default: Hls } = await import("/hls.mjs")
  const hls = new Hls({ enableWorker: false })
  const failed = []
  hls.on(Hls.Events.ERROR, (_, data) => data.fatal && failed.push(data.details))
  hls.loadSource(url)
  hls.attachMedia(video)
  return { hls, failed }
}

/** Plays the address to its end and gives the onsets in seconds of media time. */
globalThis.measure = async ({ fps, isHls, url, rate = 1 }) => {
  const video = Object.assign(document.createElement("video"), { crossOrigin: "anonymous", playbackRate: rate })
  document.body.replaceChildren(video)
  const audio = new AudioContext({ sampleRate: 48_000 })
  await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([recorder], { type: "text/javascript" })))
  const node = new AudioWorkletNode(audio, "onsets")
  audio.createMediaElementSource(video).connect(node).connect(audio.destination)
  const flashes = []
  const onsets = []
  const clocks = []
  node.port.onmessage = ({ data }) => onsets.push(data)
  watch(video, fps, flashes)
  const player = await start(video, url, isHls)
  const ended = once(video, "ended")
  await video.play()
  const started = video.currentTime
  const clock = () => {
    if (!video.paused && !video.seeking && video.readyState > 2) clocks.push([video.currentTime, audio.currentTime])
    if (!video.ended) requestAnimationFrame(clock)
  }
  clock()
  const stalled = new Promise((resolve) => {
    let last = -1
    const timer = setInterval(() => {
      if (video.currentTime === last) resolve(clearInterval(timer))
      last = video.currentTime
    }, 5000)
  })
  await Promise.race([ended, stalled])
  const outcome = {
    flashes,
    onsets,
    clocks,
    started,
    at: video.currentTime,
    ended: video.ended,
    failed: player?.failed ?? []
  }
  player?.hls.destroy()
  video.removeAttribute("src")
  await audio.close()
  return outcome
}
