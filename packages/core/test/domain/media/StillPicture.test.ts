import { expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import reports from "../../../../contracts/media-reports.json" with { type: "json" }
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import { pictureOf } from "../../../src/domain/media/StillPicture.ts"

const verdict = (report: unknown): string =>
  Either.match(pictureOf(Schema.decodeUnknownSync(ProbeReport)(report)), {
    onLeft: ({ message }) => message,
    onRight: ({ contentType, extension }) => `${extension} ${contentType}`
  })

const one = (format_name: string, codec_name: string, side = 100) => ({
  format: { format_name },
  streams: [{ codec_type: "video", codec_name, width: side, height: 100 }]
})

it("a JPEG or PNG file is a picture, by its content", () => {
  expect(verdict(reports["picture.jpg"])).toBe("jpg image/jpeg")
  expect(verdict(reports["picture.png"])).toBe("png image/png")
  expect(verdict(one("jpeg_pipe", "mjpeg"))).toBe("jpg image/jpeg")
  expect(verdict(one("png_pipe", "png", 2))).toBe("png image/png")
})

const refused = "The picture is neither a JPEG nor a PNG file."

it.each([
  ["an animation", reports["animation.gif"], refused],
  ["a video", reports["faststart.mp4"], refused],
  ["a recording with a cover", reports["cover.mp3"], refused],
  ["a picture that not every browser shows", one("webp_pipe", "webp"), refused],
  ["a video of one frame of JPEG", one("avi", "mjpeg"), refused],
  ["nothing", {}, refused],
  ["a line", one("png_pipe", "png", 1), "The picture is too small to be seen."]
])("%s is none", (_, report, message) => {
  expect(verdict(report)).toBe(message)
})
