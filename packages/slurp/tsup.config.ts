import { library } from '../../tsup.base.ts'

export default library([
  'src/index.ts',
  'src/main.ts',
  'src/sqlite.ts',
  'src/postgres/index.ts',
  'src/conformance.ts',
  'src/formats.ts',
])
