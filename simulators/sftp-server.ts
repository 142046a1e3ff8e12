/** An SFTP server for the simulated parties, on the loopback interface only. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join, posix } from 'node:path'
import ssh2, { type AuthContext, type Connection, type Server } from 'ssh2'
import { createFileTree, inside } from './sftp-files.js'
import { createSftpFaults, type SftpFault } from './sftp-faults.js'
import { serveSftpSession } from './sftp-session.js'

export type { SftpFault, StallableOperation } from './sftp-faults.js'

export interface SftpUser {
  readonly name: string
  /** One line in OpenSSH's form. */
  readonly publicKey?: string
  readonly password?: string
}

export interface SftpParty {
  /** Made at start, with the directories above them. */
  readonly directories: readonly string[]
  readonly users: readonly SftpUser[]
}

export interface SftpServerOptions {
  /** 0 or left out: a free one. */
  readonly port?: number
  /** Private key in OpenSSH's form. Left out: made at start, and kept in `folder` when there is one. */
  readonly hostKey?: string
  /** What lies on the server is kept here too, and read again at the next start. */
  readonly folder?: string
  /** Each party has a root of its own, which its users cannot leave. User names are unique on the server. */
  readonly parties: Readonly<Record<string, SftpParty>>
}

export interface SftpFile {
  readonly name: string
  readonly content: Buffer
}

export interface SimulatedSftpServer {
  readonly port: number
  /** Lower-case hex, as ssh2's `hostHash: 'sha256'` hands it to `hostVerifier`. */
  hostKeySha256(): string
  /** The file appears whole, at once; replaces what was there. */
  put(party: string, path: string, content: Buffer): void
  read(party: string, path: string): Buffer | null
  remove(party: string, path: string): void
  /** `partial`: written to and never closed by its writer. */
  list(
    party: string,
    directory: string,
  ): readonly { readonly name: string; readonly size: number; readonly partial: boolean }[]
  /**
   * Files that were not marked as taken, nobody writes to at this moment and whose name does not say temporary.
   * A file cut off under its final name is among them: a server cannot know that more was meant to come.
   */
  newFiles(party: string, directory: string): readonly SftpFile[]
  /** Survives a restart when there is a `folder`. */
  markTaken(party: string, path: string): void
  /** Paths are the party's own, `/` its root. */
  onFileRenamed(listener: (party: string, from: string, to: string) => void): void
  inject(fault: SftpFault): void
  /** Answers everything that a stall holds back. */
  release(): void
  /** Same port, another key; open connections end. */
  changeHostKey(): Promise<void>
  close(): Promise<void>
}

const TEMPORARY_NAME = /\.(tmp|part|filepart)$/i

/** A new ed25519 pair in OpenSSH's form. */
export function newSftpKeyPair(): { readonly privateKey: string; readonly publicKey: string } {
  // About one in 200 of the pairs that ssh2 1.17 makes is not accepted by its own reader: that one is thrown away.
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    const readable = [pair.private, pair.public].every((text) => !(ssh2.utils.parseKey(text) instanceof Error))
    if (readable) return { privateKey: pair.private, publicKey: pair.public }
  }
}

export async function startSftpServer(options: SftpServerOptions): Promise<SimulatedSftpServer> {
  const { folder, parties } = options
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const tree = createFileTree(folder === undefined ? undefined : join(folder, 'files'))
  for (const [party, { directories }] of Object.entries(parties)) {
    for (const directory of ['', ...directories]) makeWithParents(inside(`/${party}`, directory))
  }
  const takenFile = folder === undefined ? null : join(folder, 'taken.json')
  const taken = new Set<string>(
    takenFile && existsSync(takenFile) ? (JSON.parse(readFileSync(takenFile, 'utf8')) as string[]) : [],
  )
  const faults = createSftpFaults()
  const listeners: ((party: string, from: string, to: string) => void)[] = []
  const sockets = new Set<Socket>()
  let hostKey = options.hostKey ?? keptHostKey(folder)
  let ssh = serverWith(hostKey)

  // The listening socket is ours, so that the host key can change under the same port and a connection can be cut.
  const listening = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    ssh.injectSocket(socket)
  })
  await new Promise<void>((resolve, reject) => {
    listening.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })

  function makeWithParents(path: string): void {
    if (path === '/' || tree.find(path) !== null) return
    makeWithParents(posix.dirname(path))
    tree.makeDirectory(path)
  }

  function serverWith(key: string): Server {
    return new ssh2.Server({ hostKeys: [key] }, (connection: Connection, info) => {
      let party = ''
      // A client that goes away in the middle of a handshake is its own affair.
      connection.on('error', () => {})
      connection.on('authentication', (attempt) => {
        const found = partyOf(attempt, parties)
        if (found === null) return attempt.reject(['publickey', 'password'])
        party = found
        attempt.accept()
      })
      connection.on('session', (acceptSession) => {
        acceptSession().on('sftp', (acceptSftp) => {
          serveSftpSession(acceptSftp(), {
            tree,
            root: `/${party}`,
            faults,
            cut: () => [...sockets].find((socket) => socket.remotePort === info.port)?.destroy(),
            renamed: (from, to) => {
              taken.delete(inside(`/${party}`, to))
              for (const listener of listeners) listener(party, from, to)
            },
          })
        })
      })
    })
  }

  return {
    port: (listening.address() as AddressInfo).port,
    hostKeySha256: () => createHash('sha256').update(publicBytes(hostKey)).digest('hex'),
    put: (party, path, content) => {
      taken.delete(inside(`/${party}`, path))
      tree.put(inside(`/${party}`, path), content)
    },
    read: (party, path) => {
      const entry = tree.find(inside(`/${party}`, path))
      return entry === null || entry.directory ? null : tree.readAll(inside(`/${party}`, path))
    },
    remove: (party, path) => tree.remove(inside(`/${party}`, path)),
    list: (party, directory) =>
      tree.names(inside(`/${party}`, directory)).flatMap((name) => {
        const entry = tree.find(inside(`/${party}`, `${directory}/${name}`))
        return entry === null || entry.directory ? [] : [{ name, size: entry.size, partial: entry.partial }]
      }),
    newFiles: (party, directory) =>
      tree.names(inside(`/${party}`, directory)).flatMap((name) => {
        const path = inside(`/${party}`, `${directory}/${name}`)
        const entry = tree.find(path)
        if (entry === null || entry.directory || entry.open || taken.has(path) || TEMPORARY_NAME.test(name)) return []
        return [{ name, content: tree.readAll(path) }]
      }),
    markTaken: (party, path) => {
      taken.add(inside(`/${party}`, path))
      if (takenFile !== null) writeFileSync(takenFile, JSON.stringify([...taken]))
    },
    onFileRenamed: (listener) => {
      listeners.push(listener)
    },
    inject: faults.inject,
    release: faults.release,
    changeHostKey: async () => {
      hostKey = newSftpKeyPair().privateKey
      ssh = serverWith(hostKey)
      await endConnections(sockets)
    },
    close: async () => {
      const closed = new Promise((resolve) => listening.close(resolve))
      await endConnections(sockets)
      await closed
    },
  }
}

function keptHostKey(folder: string | undefined): string {
  const file = folder === undefined ? null : join(folder, 'host-key')
  if (file !== null && existsSync(file)) return readFileSync(file, 'utf8')
  const { privateKey } = newSftpKeyPair()
  if (file !== null) writeFileSync(file, privateKey, { mode: 0o600 })
  return privateKey
}

/** The party whose user this is, or null when name, key, signature or password do not fit. */
function partyOf(attempt: AuthContext, parties: Readonly<Record<string, SftpParty>>): string | null {
  for (const [party, { users }] of Object.entries(parties)) {
    const user = users.find(({ name }) => name === attempt.username)
    if (user === undefined) continue
    if (attempt.method === 'password') return sameText(user.password, attempt.password) ? party : null
    if (attempt.method !== 'publickey' || user.publicKey === undefined) return null
    const key = ssh2.utils.parseKey(user.publicKey)
    if (key instanceof Error) throw key
    if (!sameBytes(key.getPublicSSH(), attempt.key.data)) return null
    // Without a signature the client only asks whether this key would do.
    if (attempt.signature === undefined || attempt.blob === undefined) return party
    return key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true ? party : null
  }
  return null
}

function sameText(expected: string | undefined, given: string): boolean {
  return expected !== undefined && sameBytes(Buffer.from(expected), Buffer.from(given))
}

function sameBytes(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function publicBytes(privateKey: string): Buffer {
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  return key.getPublicSSH()
}

async function endConnections(sockets: ReadonlySet<Socket>): Promise<void> {
  await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())))
}
