import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { openWorld } from './world.ts'

test('the list of tools costs a model less than 2,500 tokens', async () => {
  const { client } = await (await openWorld()).connect()
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual([
    'ucxl_get',
    'ucxl_query',
    'ucxl_put',
    'ucxl_navigate',
    'decision_publish',
    'decision_why',
    'ucxl_announce',
  ])
  expect(encode(JSON.stringify(tools)).length).toBeLessThan(2500)
  for (const { annotations, outputSchema } of tools) {
    expect(annotations).toMatchObject({ openWorldHint: false })
    expect(outputSchema).toMatchObject({ type: 'object' })
  }
  const safe = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name)
  expect(safe).toEqual(['ucxl_get', 'ucxl_query', 'ucxl_navigate', 'decision_why'])
})
