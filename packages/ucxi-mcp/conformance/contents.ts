import { setTimeout as after } from 'node:timers/promises'
import {
  fromJsonSchema,
  ResourceTemplate,
  type McpServer,
  type Resource,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { audio, DIALECT, image, PNG, text } from './samples.ts'

// What the suite asks a server to have, under the names that it asks for.

/** Resources that the suite looks for in the list. */
export const RESOURCES: readonly Resource[] = [
  { uri: 'test://static-text', name: 'static-text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'static-binary', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'watched', mimeType: 'text/plain' },
]

const resource = (uri: string, mimeType: string, said: string) =>
  ({ type: 'resource', resource: { uri, mimeType, text: said } }) as const
const user = <Content>(content: Content) => ({ role: 'user', content }) as const

/** Tools that give one content or another. */
export function addTools(server: McpServer): void {
  const mixed = resource(
    'test://mixed-content-resource',
    'application/json',
    '{"test":"data","value":123}',
  )
  const embedded = resource(
    'test://embedded-resource',
    'text/plain',
    'This is an embedded resource content.',
  )
  const contents = {
    test_simple_text: [text('This is a simple text response for testing.')],
    test_image_content: [image],
    test_audio_content: [audio],
    test_embedded_resource: [embedded],
    test_multiple_content_types: [text('Multiple content types test:'), image, mixed],
  }
  for (const [name, content] of Object.entries(contents))
    server.registerTool(name, { description: name }, () => ({ content }))
  server.registerTool('test_error_handling', { description: 'Fails' }, () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'Tool with JSON Schema 2020-12 features',
      inputSchema: fromJsonSchema(structuredClone(DIALECT) as never),
    },
    () => ({ content: [text('ok')] }),
  )
  const region = { type: 'string', 'x-mcp-header': 'Region' }
  const inputSchema = fromJsonSchema({ type: 'object', properties: { region } })
  server.registerTool(
    'test_custom_headers',
    { description: 'Reads a header', inputSchema },
    () => ({
      content: [text('ok')],
    }),
  )
  server.registerTool('test_tool_with_logging', { description: 'Logs' }, async ({ mcpReq }) => {
    for (const said of ['started', 'processing data', 'completed']) {
      await mcpReq.log('info', `Tool ${said === 'processing data' ? said : `execution ${said}`}`)
      await after(50)
    }
    return { content: [text('It logged.')] }
  })
  server.registerTool('test_logging_tool', { description: 'Logs once' }, async ({ mcpReq }) => {
    await mcpReq.log('info', 'A message')
    return { content: [text('It logged.')] }
  })
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Tells how far' },
    async (context) => {
      const { _meta: meta, notify } = context.mcpReq
      for (const progress of [0, 50, 100]) {
        if (meta?.progressToken !== undefined) {
          const params = { progressToken: meta.progressToken, progress, total: 100 }
          await notify({ method: 'notifications/progress', params })
        }
        await after(50)
      }
      return { content: [text('It went on.')] }
    },
  )
}

export function addResources(server: McpServer): void {
  const said = 'This is the content of the static text resource.'
  for (const { uri, name, mimeType } of RESOURCES) {
    const config = mimeType === undefined ? {} : { mimeType }
    const body = name === 'static-binary' ? { blob: PNG } : { text: said }
    server.registerResource(name, uri, config, () => ({ contents: [{ uri, ...config, ...body }] }))
  }
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined })
  server.registerResource('template', template, {}, (uri, { id }) => {
    const data = { id, templateTest: true, data: `Data for ID: ${String(id)}` }
    return {
      contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(data) }],
    }
  })
}

export function addPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt' }, () => ({
    messages: [user(text('This is a simple prompt for testing.'))],
  }))
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'With arguments', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    ({ arg1, arg2 }) => ({
      messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
    }),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => {
      const body = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' }
      return {
        messages: [
          user({ type: 'resource' as const, resource: body }),
          user(text('Please process the embedded resource above.')),
        ],
      }
    },
  )
  server.registerPrompt('test_prompt_with_image', { description: 'With an image' }, () => ({
    messages: [user(image), user(text('Please analyze the image above.'))],
  }))
}
