/** Files that contain no media but instruct a player to open other local files and network addresses. */
export const hostileFiles = (address: string): ReadonlyArray<readonly [name: string, content: string]> => [
  ["hls-address.mp4", `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${address}\n#EXT-X-ENDLIST\n`],
  ["hls-file.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"],
  [
    "hls-master.m3u8",
    `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n${address}\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="${address}"\n`
  ],
  ["concat-file.mp4", "ffconcat version 1.0\nfile /etc/passwd\n"],
  ["concat-address.mp4", `ffconcat version 1.0\nfile '${address}'\n`],
  [
    "dash.mpd",
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S">` +
      `<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${address}</BaseURL>` +
      `</Representation></AdaptationSet></Period></MPD>`
  ],
  ["session.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"],
  [
    "drawing.svg",
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">` +
      `<image xlink:href="${address}" width="9" height="9"/></svg>`
  ]
]
