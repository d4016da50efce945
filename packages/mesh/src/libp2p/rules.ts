import type { RuleBook } from '@bzzz/dht'

const decoder = new TextDecoder()

/** The rules of each namespace, in the form in which libp2p asks them. */
export function validatorsOf(
  rules: RuleBook,
): Record<string, (key: Uint8Array, value: Uint8Array) => void> {
  return Object.fromEntries(
    Object.entries(rules).map(([namespace, { maxBytes, validate }]) => [
      namespace,
      (key, value) => {
        if (value.length > maxBytes) throw new Error(`a value of over ${maxBytes} bytes`)
        validate(decoder.decode(key), value)
      },
    ]),
  )
}

/** How libp2p chooses among values, by the rules of their namespace. */
export function selectorsOf(
  rules: RuleBook,
): Record<string, (key: Uint8Array, values: Uint8Array[]) => number> {
  return Object.fromEntries(
    Object.entries(rules).map(([namespace, { select }]) => [
      namespace,
      (key, values) => select(decoder.decode(key), values),
    ]),
  )
}
