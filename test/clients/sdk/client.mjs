// The client of the official TypeScript SDK, driven by the tests: a JSON line with a
// tool and its arguments in, the result as a JSON line out; {"tool": null} lists the
// tools. It agrees to whatever the server asks the person. The server's command is
// the arguments; the environment is its environment. The SDK is in the folder that
// MAIL_IMAP_NODE_MODULES names.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'

const require = createRequire(process.env.MAIL_IMAP_NODE_MODULES + '/')
const { Client } = require('@modelcontextprotocol/sdk/client/index.js')
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js')
const { ElicitRequestSchema } = require('@modelcontextprotocol/sdk/types.js')

const [command, ...args] = process.argv.slice(2)
const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } })
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }))
await client.connect(new StdioClientTransport({ command, args, env: process.env }))
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line)
  const result = call.tool === null ? await client.listTools() : await client.callTool({ name: call.tool, arguments: call.arguments })
  console.log(JSON.stringify(result))
}
await client.close()
