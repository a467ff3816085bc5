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
      <media-time-display showduration />
      <span class="player-gap" />
      <media-captions-menu-button id="button-captions" invoketarget="menu-captions" />
      <media-playback-rate-menu-button id="button-speed" invoketarget="menu-speed" />
      <media-rendition-menu-button id="button-quality" invoketarget="menu-quality" />
      <media-cast-button />
      <media-airplay-button />
      <media-pip-button />
      <media-fullscreen-button />
    </media-control-bar>
  </>
)
