import { MeshError } from '../errors.ts'
import type { MeshEvent } from '../mesh.ts'
import { isLie } from './puller.ts'

/**
 * Works on what a node says. What shows that it lies ends the work, and is told.
 *
 * @throws `ERR_MESH_UNTRUSTED` where it lies; what else the work throws; the signal's reason.
 */
export async function believing<Result>(
  emit: (event: MeshEvent) => void,
  { peer, signal }: { readonly peer: string; readonly signal: AbortSignal },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (!isLie(error)) throw error
    emit({ type: 'refused', peer, key: '', error })
    if (error instanceof MeshError) throw error
    throw new MeshError(
      'ERR_MESH_UNTRUSTED',
      `${peer} sent what does not verify, and was not kept: ${error instanceof Error ? error.message : ''}`,
      { cause: error },
    )
  }
}
