import { library } from '../../tsup.base.ts'

export default library([
  'src/index.ts',
  'src/chains.ts',
  'src/curation.ts',
  'src/madr.ts',
  'src/signing.ts',
])
