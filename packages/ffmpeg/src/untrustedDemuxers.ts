/**
 * The demuxers that are let at an input: those of self-contained files with video, sound or one picture. Left out is
 * whatever opens further files or addresses (playlists, manifests, concat scripts, session descriptions, SVG, capture
 * devices, AviSynth), and whatever takes any text or any bytes for media (tty, subtitles, raw samples). A name that a
 * build does not have is no error.
 */
export const untrustedDemuxers: ReadonlyArray<string> = [
  // video containers
  ..."mov mp4 m4a 3gp 3g2 mj2 matroska webm avi flv live_flv kux asf asf_o mpeg mpegts mpegtsraw mxf gxf lxf".split(
    " "
  ),
  ..."nut ogg rm ivr wtv dv nsv nuv swf avr thp smk bink roq vivo film_cpk 4xm mtv mlv moflex ivf pva xmv".split(" "),
  ..."iv8 lmlm4 dhav dxa r3d cine smjpeg mpjpeg bmv c93 flic ea wc3movie wsvqa vmd idcin ipmovie ifv".split(" "),
  // bare video streams
  ..."h261 h263 h264 hevc vvc evc av1 obu mpegvideo m4v mjpeg mjpeg_2000 dirac vc1 vc1test cavsvideo".split(" "),
  ..."avs2 avs3 dnxhd yuv4mpegpipe".split(" "),
  // sound
  ..."mp3 aac loas latm ac3 eac3 ac4 truehd mlp dts dtshd flac wav w64 aiff au caf amr amrnb amrwb oma".split(" "),
  ..."ape wv tta tak mpc mpc8 dsf iff opus qcp gsm voc sox spdif shn xwma wsaud ircam nistsphere ast".split(" "),
  ..."aa aax act adx aea apc codec2 dsicin dss hca sbc xa sln lvf pvf osq apac iamf".split(" "),
  // pictures; image2 reads a file by its name and is added where that name holds no pattern
  ..."gif apng ico jpegxl_anim webp_anim avif heif".split(" "),
  ...(
    "bmp dds dpx exr gem gif hdr j2k jpeg jpegls jpegxl pam pbm pcx pfm pgm pgx phm photocd pictor png ppm psd " +
    "qoi sgi sunrast tiff vbn webp xbm xpm xwd"
  )
    .split(" ")
    .map((format) => `${format}_pipe`)
]

/** To the demuxer of numbered pictures such a name stands for several files, or for a drawing that may name others. */
const unsafeName = /[%*?[\]{}]|\.svgz?$/i

/** The demuxers that are let at a live: what RTMP carries, and nothing else. */
export const liveDemuxers: ReadonlyArray<string> = ["flv", "live_flv"]

/** The demuxers that are let at a stored input of the given name, with those that it asks for. */
export const allowedDemuxers = (name: string, further: ReadonlyArray<string> = []): ReadonlyArray<string> => [
  ...untrustedDemuxers,
  ...(unsafeName.test(name) ? [] : ["image2"]),
  ...further
]
