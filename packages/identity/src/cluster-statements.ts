import { schemaOf, type Handover, type Statement } from './cluster-schema.ts'
import { IdentityError } from './errors.ts'
import { readAs, requireSignature } from './statement.ts'

/**
 * Reads a statement and checks its own signatures: that its issuer signed it, not that the issuer
 * was entitled to.
 *
 * @throws `ERR_IDENTITY_STATEMENT` for a wrong shape or another cluster; `ERR_IDENTITY_SIGNATURE`.
 */
export function readStatement(value: unknown, cluster: string): Statement {
  const type: unknown = typeof value === 'object' && value !== null && 'type' in value && value.type
  const schema = schemaOf(type)
  if (!schema) {
    throw refused('Expected a statement of a cluster, such as one of type bzzz-certificate')
  }
  const statement = readAs(schema, value, `a statement of type ${String(type)}`)
  if (statement.cluster !== cluster) {
    throw refused(`Expected a statement of the cluster ${cluster}, got one of ${statement.cluster}`)
  }
  const { signature, ...body } = statement
  requireSignature(body, statement.issuer, signature, `a ${statement.type}`)
  if (statement.type === 'bzzz-handover') requireAcceptance(statement)
  return statement
}

/** What both keys sign of a handover: all of it but the signatures. */
function handoverTerms(handover: Handover): object {
  const { signature: _signature, accepted: _accepted, ...terms } = handover
  return terms
}

function requireAcceptance(handover: Handover): void {
  if (handover.to === handover.issuer) throw refused('Expected a handover to another key')
  requireSignature(handoverTerms(handover), handover.to, handover.accepted, 'the accepting key')
}

function refused(message: string): IdentityError {
  return new IdentityError('ERR_IDENTITY_STATEMENT', message)
}
