import { connector } from "../../../lib/connector"

export const GET = async (_request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const { videos } = await connector()
  const video = await videos.get((await params).id)
  if (video === undefined) return new Response(null, { status: 404 })
  const { master } = await videos.urls(video.id)
  return Response.json({ state: video.state, playlist: video.playlistKey && master })
}
