/**
 * The demuxers allowed for untrusted inputs: self-contained files with video, audio or one picture. The list excludes
 * demuxers that open further files or addresses (playlists, manifests, concat scripts, session descriptions, SVG,
 * capture devices, AviSynth). It also excludes demuxers that accept any text or bytes as media (tty, subtitles, raw
 * samples). Names that a build does not have are ignored.
 */
export const untrustedDemuxers: ReadonlyArray<string> = [
  // video containers
  ..."mov mp4 m4a 3gp 3g2 mj2 matroska webm avi flv live_flv kux asf asf_o mpeg mpegts mpegtsraw mxf gxf lxf".split(
    " "
  ),
  ..."nut ogg rm ivr wtv dv nsv nuv swf avr thp smk bink roq vivo film_cpk 4xm mtv mlv moflex ivf pva xmv".split(" "),
  ..."iv8 lmlm4 dhav dxa r3d cine smjpeg mpjpeg bmv c93 flic ea wc3movie wsvqa vmd idcin ipmovie ifv".split(" "),
  // raw video streams
  ..."h261 h263 h264 hevc vvc evc av1 obu mpegvideo m4v mjpeg mjpeg_2000 dirac vc1 vc1test cavsvideo".split(" "),
  ..."avs2 avs3 dnxhd yuv4mpegpipe".split(" "),
  // audio
  ..."mp3 aac loas latm ac3 eac3 ac4 truehd mlp dts dtshd flac wav w64 aiff au caf amr amrnb amrwb oma".split(" "),
  ..."ape wv tta tak mpc mpc8 dsf iff opus qcp gsm voc sox spdif shn xwma wsaud ircam nistsphere ast".split(" "),
  ..."aa aax act adx aea apc codec2 dsicin dss hca sbc xa sln lvf pvf osq apac iamf".split(" "),
  // pictures. image2 opens a file by a name pattern, so it is added only for names without a pattern.
  ..."gif apng ico jpegxl_anim webp_anim avif heif".split(" "),
  ...(
    "bmp dds dpx exr gem gif hdr j2k jpeg jpegls jpegxl pam pbm pcx pfm pgm pgx phm photocd pictor png ppm psd " +
    "qoi sgi sunrast tiff vbn webp xbm xpm xwd"
  )
    .split(" ")
    .map((format) => `${format}_pipe`)
]

/** The image2 demuxer treats such a name as several files, or as a drawing that can refer to other files. */
const unsafeName = /[%*?[\]{}]|\.svgz?$/i

/** The demuxers allowed for a live stream: only the container of RTMP. */
export const liveDemuxers: ReadonlyArray<string> = ["flv", "live_flv"]

/** Returns the demuxers allowed for a stored input of the given name, including those that the input requests. */
export const allowedDemuxers = (name: string, further: ReadonlyArray<string> = []): ReadonlyArray<string> => [
  ...untrustedDemuxers,
  ...(unsafeName.test(name) ? [] : ["image2"]),
  ...further
]
