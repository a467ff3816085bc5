import { connector } from "../../../../../lib/connector"

const answer = async (request: Request) => (await connector()).fetch(request)

export { answer as DELETE, answer as GET, answer as POST, answer as PUT }
