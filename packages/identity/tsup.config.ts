import { library } from '../../tsup.base.ts'

export default library([
  'src/index.ts',
  'src/proofs.ts',
  'src/cluster.ts',
  'src/shares.ts',
  'src/contents.ts',
  'src/tokens.ts',
  'src/browser.ts',
])
