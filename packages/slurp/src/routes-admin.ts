import { toInstant } from '@bzzz/temporal-nav'
import type { Handlers, ServerContext } from './context.ts'
import { given } from './request.ts'
import type { WebhookStatus } from './slurp.ts'
import { ingestedView } from './views.ts'

type Admin =
  | 'held'
  | 'accept'
  | 'reject'
  | 'webhooks'
  | 'addWebhook'
  | 'removeWebhook'
  | 'enableWebhook'
  | 'attempts'
  | 'health'

export function adminRoutes({ slurp }: ServerContext): Handlers<Admin> {
  return {
    async held({ query, signal }) {
      const items = await slurp.held({ ...given(query), signal })
      const { limit = 100 } = query
      return {
        items: items.map(({ recordId, rule, reason, since, delivery }) => ({
          record_id: recordId,
          rule,
          reason,
          since: toInstant(since),
          delivery: JSON.parse(delivery) as unknown,
        })),
        ...given({ next: items.length < limit ? undefined : items.at(-1)?.recordId }),
      }
    },
    accept: async ({ params }) => ingestedView(await slurp.accept(params.id)),
    async reject({ params, body, reply }) {
      await slurp.reject(params.id, body.reason)
      return reply.code(204).send()
    },
    webhooks: async () => ({ items: (await slurp.webhooks()).map(webhookView) }),
    async addWebhook({ body, reply }) {
      const { url, ...rest } = body
      const added = await slurp.addWebhook({ url, ...given(rest) })
      return reply.code(201).send({ ...webhookView(added), secret: added.secret })
    },
    async removeWebhook({ params, reply }) {
      await slurp.removeWebhook(params.id)
      return reply.code(204).send()
    },
    async enableWebhook({ params, reply }) {
      await slurp.enableWebhook(params.id)
      return reply.code(204).send()
    },
    async attempts({ params, query }) {
      const items = await slurp.attempts(params.id, given(query))
      return {
        items: items.map(({ webhook: _webhook, at, ...attempt }) => ({
          ...attempt,
          at: toInstant(at),
        })),
      }
    },
    health: async () => ({ status: 'ok' }),
  }
}

function webhookView({
  id,
  url,
  pattern,
  types,
  created,
  position,
  failures,
  disabled,
}: WebhookStatus): object {
  return {
    id,
    url,
    ...given({ pattern, types }),
    created: toInstant(created),
    position,
    failures,
    ...given({ disabled }),
  }
}
