import type { JSX } from "preact"

type MediaElement = JSX.HTMLAttributes<HTMLElement> & Readonly<Record<string, unknown>>

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "media-airplay-button": MediaElement
      "media-captions-menu": MediaElement
      "media-captions-menu-button": MediaElement
      "media-cast-button": MediaElement
      "media-control-bar": MediaElement
      "media-controller": MediaElement
      "media-fullscreen-button": MediaElement
      "media-live-button": MediaElement
      "media-loading-indicator": MediaElement
      "media-mute-button": MediaElement
      "media-pip-button": MediaElement
      "media-play-button": MediaElement
      "media-playback-rate-menu": MediaElement
      "media-playback-rate-menu-button": MediaElement
      "media-poster-image": MediaElement
      "media-preview-thumbnail": MediaElement
      "media-preview-time-display": MediaElement
      "media-rendition-menu": MediaElement
      "media-rendition-menu-button": MediaElement
      "media-time-display": MediaElement
      "media-time-range": MediaElement
      "media-volume-range": MediaElement
    }
  }
}
