/**
 * The operations without HTTP: for other interfaces, which begin in a fraction of the time, since
 * neither server nor mesh is loaded.
 *
 * @packageDocumentation
 */
export { createUcxi, type UcxiInit } from './create-ucxi.ts'
export { OPERATIONS } from './operations.ts'
export { entryOf, foundOf, viewOf } from './views.ts'
