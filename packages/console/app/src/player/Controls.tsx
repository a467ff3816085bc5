/** The controls of the player: elements of media-chrome, which find their player by themselves. */
export const Controls = () => (
  <>
    <media-loading-indicator slot="centered-chrome" noautohide />
    <media-rendition-menu id="menu-quality" hidden anchor="button-quality" />
    <media-captions-menu id="menu-captions" hidden anchor="button-captions" />
    <media-playback-rate-menu id="menu-speed" hidden anchor="button-speed" rates="0.5 0.75 1 1.25 1.5 2" />
    <media-control-bar class="player-seek">
      <media-time-range>
        <media-preview-thumbnail slot="preview" />
        <media-preview-time-display slot="preview" />
      </media-time-range>
    </media-control-bar>
    <media-control-bar class="player-bar">
      <media-play-button />
      <media-mute-button />
      <media-volume-range />
      <media-live-button />
      <media-time-display showduration notoggle />
      <span class="player-gap" />
      <media-captions-menu-button id="button-captions" invoketarget="menu-captions" />
      <media-playback-rate-menu-button id="button-speed" invoketarget="menu-speed">
        {/* The text of the element would differ from its name for screen readers. */}
        <svg slot="icon" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 5a9 9 0 0 0-9 9c0 2 .7 3.8 1.8 5.3l1.6-1.3A7 7 0 1 1 19 14a7 7 0 0 1-1.5 4.1l1.6 1.2A9 9 0 0 0 12 5Zm4.6 4.3-5.5 3.4a1.7 1.7 0 1 0 2.3 2.3z" />
        </svg>
      </media-playback-rate-menu-button>
      <media-rendition-menu-button id="button-quality" invoketarget="menu-quality" />
      <media-cast-button />
      <media-airplay-button />
      <media-pip-button />
      <media-fullscreen-button />
    </media-control-bar>
  </>
)
