import { join } from 'node:path'

/** Where programs keep their settings. */
export interface Surroundings {
  /** The user's home folder. */
  readonly home: string
  /** The folder that is worked in. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
}

/** How a server is started. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
}

/** A program that uses MCP servers, and how it is told of one. */
export interface Host {
  /** Its name for people. */
  readonly title: string
  readonly file: (surroundings: Surroundings) => string
  readonly format: 'json' | 'toml'
  /** Under which name the file lists its servers. */
  readonly list: string
  readonly entry: (launch: Launch) => Readonly<Record<string, unknown>>
}

const plain = ({ command, args }: Launch): Record<string, unknown> => ({ command, args })
const servers = { format: 'json', list: 'mcpServers', entry: plain } as const

/** The hosts that are known by name. */
export const HOSTS = {
  'claude-code': {
    ...servers,
    title: 'Claude Code (this folder)',
    file: ({ folder }) => join(folder, '.mcp.json'),
  },
  'claude-desktop': {
    ...servers,
    title: 'Claude Desktop',
    file: ({ home, env, platform }) => {
      const config =
        platform === 'darwin'
          ? join(home, 'Library', 'Application Support')
          : platform === 'win32'
            ? (env['APPDATA'] ?? join(home, 'AppData', 'Roaming'))
            : (env['XDG_CONFIG_HOME'] ?? join(home, '.config'))
      return join(config, 'Claude', 'claude_desktop_config.json')
    },
  },
  cursor: { ...servers, title: 'Cursor', file: ({ home }) => join(home, '.cursor', 'mcp.json') },
  vscode: {
    title: 'VS Code (this folder)',
    file: ({ folder }) => join(folder, '.vscode', 'mcp.json'),
    format: 'json',
    list: 'servers',
    entry: (launch) => ({ type: 'stdio', ...plain(launch) }),
  },
  codex: {
    title: 'Codex',
    file: ({ home, env }) => join(env['CODEX_HOME'] ?? join(home, '.codex'), 'config.toml'),
    format: 'toml',
    list: 'mcp_servers',
    entry: plain,
  },
  gemini: {
    ...servers,
    title: 'Gemini CLI',
    file: ({ home }) => join(home, '.gemini', 'settings.json'),
  },
  windsurf: {
    ...servers,
    title: 'Windsurf',
    file: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json'),
  },
  opencode: {
    title: 'opencode (this folder)',
    file: ({ folder }) => join(folder, 'opencode.json'),
    format: 'json',
    list: 'mcp',
    entry: ({ command, args }) => ({ type: 'local', command: [command, ...args], enabled: true }),
  },
} as const satisfies Readonly<Record<string, Host>>

export type HostName = keyof typeof HOSTS
export const HOST_NAMES = Object.keys(HOSTS) as HostName[]

/** How this program is started by a host that has nothing but npm. */
export function launchOf(args: readonly string[], { platform }: Surroundings): Launch {
  const npx = ['npx', '-y', '@bzzz/ucxi-mcp', ...args]
  // On Windows npx is a script, which nothing but a shell starts.
  const [command = '', ...rest] = platform === 'win32' ? ['cmd', '/c', ...npx] : npx
  return { command, args: rest }
}
