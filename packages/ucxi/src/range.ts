import { UcxiError } from './errors.ts'

/** Bytes from `start` up to, without, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * The one range that a request asks for. Undefined for everything: where there is no header, one of
 * another unit, several ranges, or an `If-Range` for another content (RFC 9110, 14.2 and 13.1.5).
 *
 * @throws `ERR_UCXI_RANGE` where the content has no such bytes.
 */
export function rangeOf(
  { range, 'if-range': ifRange }: { readonly range?: string; readonly 'if-range'?: string },
  { etag, size }: { readonly etag: string; readonly size: number },
): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(range?.trim() ?? '')
  if (!match || (ifRange !== undefined && ifRange.trim() !== etag)) return undefined
  const [, from = '', to = ''] = match
  if (from === '' && to === '') return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined
  if (start < end) return { start, end }
  throw new UcxiError(
    'ERR_UCXI_RANGE',
    `Expected bytes from 0 to ${size - 1}, such as Range: bytes=0-${Math.max(0, size - 1)}; got ${range ?? ''}`,
  )
}
