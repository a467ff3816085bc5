/** Settings with which a video of at least 144p gets that one rendition. */
export const only144p = {
  TRANSCODING_RESOLUTIONS_144P: "true",
  TRANSCODING_RESOLUTIONS_360P: "false",
  TRANSCODING_RESOLUTIONS_480P: "false",
  TRANSCODING_RESOLUTIONS_720P: "false"
}
