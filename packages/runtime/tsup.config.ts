import { library } from '../../tsup.base.ts'

export default library([
  'src/index.ts',
  'src/completion.ts',
  'src/module-thread.ts',
  'src/participant.ts',
  'src/screen.ts',
  'src/terminal.ts',
])
