import type { Citation, DecisionDraft } from '@bzzz/decision-schema'
import type { z } from 'zod'
import type { draftInput } from '../tools/publish.ts'
import type { Place } from './place.ts'

/** What an agent says of a decision. */
export type Said = z.output<typeof draftInput>

/** A decision as the schema has it, of what an agent said. */
export function draftOf(said: Said, { address, agent, project, task }: Place): DecisionDraft {
  const { title, reasoning, type, status = 'accepted', options, chosen, consequences } = said
  const { citations, supersedes } = said
  return {
    ucxl_address: address,
    agent_id: agent,
    decision_type: type ?? 'architecture_choice',
    status,
    title,
    ...(options && { options: options.map(withoutGaps) }),
    ...(chosen !== undefined && { chosen }),
    ...(consequences && { consequences: { neutral: consequences } }),
    context: { project, task },
    justification: { reasoning },
    ...(citations && { citations: citations.map(citationOf) }),
    ...(supersedes && { supersedes }),
  }
}

function citationOf({ address, excerpt, type }: NonNullable<Said['citations']>[number]): Citation {
  return {
    type: type ?? 'justified_by',
    ucxl_address: address,
    ...(excerpt !== undefined && excerpt.trim() !== '' && { excerpt }),
  }
}

function withoutGaps({ name, pros, cons }: NonNullable<Said['options']>[number]): {
  name: string
  pros?: string[]
  cons?: string[]
} {
  return { name, ...(pros && { pros }), ...(cons && { cons }) }
}
