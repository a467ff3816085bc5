import { connector } from "../../../lib/connector"

const answer = async (request: Request) => (await connector()).serve(request)

export { answer as GET, answer as HEAD, answer as OPTIONS }
