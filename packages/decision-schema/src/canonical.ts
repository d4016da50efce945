// The one place that says whose reading and writing of JSON it is: of the entry that runs in browsers.
export { canonicalBytes, parseStrictJson } from '@bzzz/identity/browser'
