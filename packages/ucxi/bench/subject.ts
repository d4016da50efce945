/** What all benchmarks write and read. */
export const ADDRESS = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
export const KIBIBYTE: Uint8Array = Buffer.alloc(1024, 'x')
