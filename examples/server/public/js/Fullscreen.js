/** Milliseconds of rest after which the controls are in the way. */
const IDLE_AFTER = 2500

/**
 * Toggles fullscreen of the stage. Phones that support only fullscreen videos show the video.
 * @param {HTMLElement} stage
 * @param {HTMLVideoElement & { webkitEnterFullscreen?: () => void }} media
 */
export const toggleFullscreen = (stage, media) => {
  if (document.fullscreenElement !== null) void document.exitFullscreen()
  else if (stage.requestFullscreen !== undefined) stage.requestFullscreen().catch(() => {})
  else media.webkitEnterFullscreen?.()
}

/**
 * Marks the stage as idle while there is no pointer or keyboard input.
 * @param {HTMLElement} stage
 */
export const watchIdleness = (stage) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const wake = () => {
    clearTimeout(timer)
    stage.classList.remove("idle")
    timer = setTimeout(() => stage.classList.add("idle"), IDLE_AFTER)
  }
  for (const event of ["pointermove", "pointerdown", "keydown", "focusin"]) stage.addEventListener(event, wake)
}
