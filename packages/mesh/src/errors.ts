/** What can go wrong on the mesh. The README lists what to do about each. */
export type MeshErrorCode =
  | 'ERR_MESH_BUSY'
  | 'ERR_MESH_CLOSED'
  | 'ERR_MESH_KNOWN_PEERS'
  | 'ERR_MESH_COPIES'
  | 'ERR_MESH_LIMIT'
  | 'ERR_MESH_LISTEN'
  | 'ERR_MESH_MANIFEST'
  | 'ERR_MESH_MEMBERSHIP'
  | 'ERR_MESH_NOT_FOUND'
  | 'ERR_MESH_PROTOCOL'
  | 'ERR_MESH_TIMEOUT'
  | 'ERR_MESH_TOO_LARGE'
  | 'ERR_MESH_UNREACHABLE'
  | 'ERR_MESH_UNTRUSTED'

/** The error of this package. `cause` is kept wherever there was one. */
export class MeshError extends Error {
  override readonly name = 'MeshError'
  readonly code: MeshErrorCode

  constructor(code: MeshErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
