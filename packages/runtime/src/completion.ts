/**
 * Completion of commands in a shell. By itself, so that a program which needs nothing else loads nothing else.
 *
 * @packageDocumentation
 */
import type { Command, Option } from 'commander'

/** Shells that scripts can be written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

interface Word {
  readonly word: string
  readonly description: string
}

/** A script that completes the commands, options and fixed words of a program in a shell. */
export function completionOf(program: Command, shell: (typeof SHELLS)[number]): string {
  const common = optionsOf(program)
  const commands = program.commands.map((command) => ({
    word: command.name(),
    description: command.description().split('\n', 1)[0] ?? '',
    words: [...choicesOf(command), ...namesOf(command), ...optionsOf(command), ...common],
  }))
  return WRITERS[shell](program.name(), { commands, common })
}

interface Words {
  readonly commands: readonly (Word & { readonly words: readonly Word[] })[]
  readonly common: readonly Word[]
}

const WRITERS: Readonly<Record<(typeof SHELLS)[number], (name: string, words: Words) => string>> = {
  bash(name, { commands, common }) {
    const cases = commands.map(({ word, words }) => `    ${word}) words='${listOf(words)}' ;;`)
    return `${functionOf(name)}() {
  local command='' word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  case "$command" in
    '') words='${listOf([...commands, ...common])}' ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F ${functionOf(name)} ${name}
`
  },
  zsh(name, { commands, common }) {
    const cases = commands.map(({ word, words }) => `    ${word}) choices=(${described(words)}) ;;`)
    return `#compdef ${name}
${functionOf(name)}() {
  local -a typed choices
  typed=(\${(@)words[2,CURRENT-1]:#-*})
  case "\${typed[1]}" in
    '') choices=(${described([...commands, ...common])}) ;;
${cases.join('\n')}
  esac
  _describe '${name}' choices
  _files
}
compdef ${functionOf(name)} ${name}
`
  },
  fish(name, { commands, common }) {
    const line = (condition: string, { word, description }: Word): string => {
      const said = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      return `complete -c ${name} -n '${condition}' ${said} -d '${quiet(description)}'`
    }
    const none = '__fish_use_subcommand'
    return `${[
      ...[...commands, ...common].map((one) => line(none, one)),
      ...commands.flatMap(({ word, words }) =>
        words.map((one) => line(`__fish_seen_subcommand_from ${word}`, one)),
      ),
    ].join('\n')}\n`
  },
}

function optionsOf(command: Command): Word[] {
  const shown = command.options.filter((option: Option) => !option.hidden && option.long)
  return shown.map(({ long, description }) => ({ word: long ?? '', description }))
}

/** The commands below one, such as `print` of `config`. */
function namesOf(command: Command): Word[] {
  return command.commands.map((one) => ({ word: one.name(), description: one.description() }))
}

function choicesOf(command: Command): Word[] {
  return command.registeredArguments.flatMap(({ argChoices, description }) =>
    (argChoices ?? []).map((word) => ({ word, description })),
  )
}

function listOf(words: readonly Word[]): string {
  return [...new Set(words.map(({ word }) => word))].join(' ')
}

/** Words with what they mean, as zsh's `_describe` takes them. */
function described(words: readonly Word[]): string {
  return words.map(({ word, description }) => `'${word}:${quiet(description)}'`).join(' ')
}

function functionOf(name: string): string {
  return `_${name.replaceAll(/[^a-z]/g, '_')}`
}

/** Without what ends a word or a description in a shell. */
function quiet(text: string): string {
  return text.replaceAll(/['\\:$`]/g, '')
}
