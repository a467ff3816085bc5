import { connector } from "../../lib/connector"

export const POST = async (request: Request) => {
  if (request.body === null) return new Response(null, { status: 400 })
  const fileName = new URL(request.url).searchParams.get("name") ?? undefined
  const { id } = await (await connector()).transcodeVideo({ stream: request.body, fileName })
  return Response.json({ id }, { status: 201 })
}
