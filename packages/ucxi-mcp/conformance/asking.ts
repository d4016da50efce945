import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { text } from './samples.ts'

// Tools that ask back in the middle of a call, as clients of 2025 know it.

export function addAsking(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks a model', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: text(prompt) }],
        maxTokens: 100,
      })
      const said = Array.isArray(content)
        ? JSON.stringify(content)
        : 'text' in content
          ? content.text
          : ''
      return { content: [text(`LLM response: ${said}`)] }
    },
  )
  server.registerTool(
    'test_elicitation',
    { description: 'Asks a person', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message,
        requestedSchema: {
          type: 'object',
          properties: { username: field("User's response"), email: field("User's email address") },
          required: ['username', 'email'],
        },
      })
      const said = JSON.stringify({ action, content })
      return { content: [text(`User response: ${said}`)] }
    },
  )
  const forms = {
    test_elicitation_sep1034_defaults: DEFAULTS,
    test_elicitation_sep1330_enums: ENUMS,
  }
  for (const [name, properties] of Object.entries(forms)) {
    server.registerTool(name, { description: name }, async ({ mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message: 'Fill this in',
        requestedSchema: { type: 'object', properties, required: [] },
      })
      const said = `action=${action}, content=${JSON.stringify(content ?? {})}`
      return { content: [text(`Elicitation completed: ${said}`)] }
    })
  }
}

const field = (description: string) => ({ type: 'string', description }) as const

const DEFAULTS = {
  name: { type: 'string', description: 'Name', default: 'John Doe' },
  age: { type: 'integer', description: 'Age', default: 30 },
  score: { type: 'number', description: 'Score', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', description: 'Verified', default: true },
} as const

const titled = (...titles: string[]): { const: string; title: string }[] =>
  titles.map((title, index) => ({ const: `value${index + 1}`, title }))

const OPTIONS = ['option1', 'option2', 'option3']
const ENUMS = {
  untitledSingle: { type: 'string' as const, enum: OPTIONS },
  titledSingle: {
    type: 'string' as const,
    oneOf: titled('First Option', 'Second Option', 'Third Option'),
  },
  legacyEnum: {
    type: 'string' as const,
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array' as const, items: { type: 'string' as const, enum: OPTIONS } },
  titledMulti: {
    type: 'array' as const,
    items: { anyOf: titled('First Choice', 'Second Choice', 'Third Choice') },
  },
}
