/** A file party over SFTP with a pinned host key. */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import SftpClient from 'ssh2-sftp-client'
import { ASIDE, type FileParty, HostKeyChanged, UNFINISHED_SUFFIX, type WaitingFile } from './file-party.js'

export interface SftpPartyOptions {
  readonly host: string
  readonly port: number
  readonly username: string
  /** OpenSSH private key. */
  readonly privateKey: string
  /** Hex SHA-256 of the server's host key; any other key is refused. */
  readonly hostKeySha256: string
  /** Where our files go, relative to the party's root. */
  readonly outbox: string
  /** @unit ms; for one operation, a whole file included. Ten minutes when left out. */
  readonly patience?: number
}

/** How long a connection may take; a server that hangs longer is down. */
const READY_TIMEOUT_MS = 20_000
/** A server that is gone without a word is noticed after three unanswered signs of life. */
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 } as const
/** One that answers signs of life and nothing else is given up after this: a print batch takes a minute on a slow line. */
const OPERATION_LIMIT_MS = 600_000

export function sftpParty(options: SftpPartyOptions): FileParty {
  let client: SftpClient | null = null
  const path = (folder: string, name: string): string => `${folder}/${name}`

  async function connected(): Promise<SftpClient> {
    if (client !== null) return client
    const quiet = () => {}
    const fresh = new SftpClient('meterhall', { error: quiet, end: quiet, close: quiet })
    let isPinned = true
    const target = {
      // requests and answers are small and wait for each other: held back to fill a packet, a megabyte takes four seconds
      sock: connect({ host: options.host, port: options.port, noDelay: true }),
      username: options.username,
      privateKey: options.privateKey,
      readyTimeout: READY_TIMEOUT_MS,
      ...KEEPALIVE,
      hostHash: 'sha256',
      hostVerifier: (key: unknown) => {
        isPinned = String(key) === options.hostKeySha256
        return isPinned
      },
    } as Parameters<SftpClient['connect']>[0]
    try {
      await fresh.connect(target)
    } catch (error) {
      throw isPinned ? error : new HostKeyChanged()
    }
    const forget = () => {
      if (client === fresh) client = null
    }
    fresh.on('close', forget)
    fresh.on('end', forget)
    client = fresh
    return fresh
  }

  /** A connection that failed once is not used again. */
  async function using<T>(work: (sftp: SftpClient) => Promise<T>): Promise<T> {
    const sftp = await connected()
    try {
      return await within(options.patience ?? OPERATION_LIMIT_MS, work(sftp))
    } catch (error) {
      if (client === sftp) client = null
      // not awaited: a server that does not answer does not say goodbye either
      sftp.end().catch(() => false)
      throw error
    }
  }

  return {
    deliver: (name, content, handOver) =>
      using(async (sftp) => {
        const final = path(options.outbox, name)
        const unfinished = `${final}${UNFINISHED_SUFFIX}`
        await sftp.put(Buffer.from(content), unfinished)
        // a full disk does not fail the write: what arrived is measured before it counts
        const arrived = (await sftp.stat(unfinished)).size
        if (arrived !== content.length) throw new Error(`the party's server kept ${arrived} of ${content.length} bytes`)
        await handOver()
        await sftp.rename(unfinished, final)
      }),
    look: (name, bytes) =>
      using(async (sftp) => {
        const final = path(options.outbox, name)
        if ((await sftp.exists(final)) !== false) return (await sftp.stat(final)).size === bytes ? 'whole' : 'absent'
        const unfinished = `${final}${UNFINISHED_SUFFIX}`
        if ((await sftp.exists(unfinished)) === false) return 'absent'
        return (await sftp.stat(unfinished)).size === bytes ? 'unfinished' : 'absent'
      }),
    finish: (name) =>
      using(async (sftp) => {
        const final = path(options.outbox, name)
        await sftp.rename(`${final}${UNFINISHED_SUFFIX}`, final)
      }),
    waiting: (folder) =>
      using(async (sftp) => {
        const listed = (await sftp.list(folder)).filter(
          (entry) => entry.type === '-' && !entry.name.endsWith(UNFINISHED_SUFFIX) && !entry.name.endsWith('.part'),
        )
        const files: WaitingFile[] = []
        for (const entry of listed.sort((a, b) => (a.name < b.name ? -1 : 1))) {
          const content = await whole(sftp, path(folder, entry.name), entry.size)
          if (content !== null) files.push({ name: entry.name.replace(ASIDE, ''), path: entry.name, content })
        }
        return files
      }),
    remove: (folder, file) =>
      using(async (sftp) => {
        const at = await setAside(sftp, folder, file)
        if (at === null) return
        const present = await whole(sftp, at, file.content.length)
        if (present?.equals(file.content) === true) await sftp.delete(at, true)
      }),
    async close() {
      const sftp = client
      client = null
      await sftp?.end()
    },
  }
}

/** Null: still growing, as its size moved since it was listed or while it was read; or taken away meanwhile by another worker. */
async function whole(sftp: SftpClient, path: string, listedSize: number): Promise<Buffer | null> {
  try {
    const content = (await sftp.get(path)) as Buffer
    const after = await sftp.stat(path)
    return content.length === listedSize && content.length === after.size ? content : null
  } catch (error) {
    if (ABSENT.includes((error as { code?: unknown }).code)) return null
    throw error
  }
}

/**
 * Renames it to a name that nobody else writes to: what lies there is looked at and removed without anything coming in between. A
 * server that lets us delete and not rename is not held up by that; there the look comes right before the removal.
 * @returns null when it is gone
 */
async function setAside(sftp: SftpClient, folder: string, file: WaitingFile): Promise<string | null> {
  const from = `${folder}/${file.path}`
  if (ASIDE.test(file.path)) return from
  const aside = `${folder}/taken-${randomBytes(4).toString('hex')}-${file.name}`
  try {
    await sftp.rename(from, aside)
    return aside
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (ABSENT.includes(code)) return null
    if (REFUSED.includes(code)) return from
    throw error
  }
}

/** The protocol's numbers for a refused permission, a failure that is not told, and an operation that the server does not have. */
const REFUSED: readonly unknown[] = [3, 4, 8]

/** How the library says that there is no such file: with the protocol's number, or in words. */
const ABSENT: readonly unknown[] = [2, 'ENOENT']

/** Rejects when the work takes longer; whoever ends the connection then ends the work with it. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the file server did not answer within ${ms} ms`)), ms)
  })
  // what comes of the work after the limit concerns nobody
  work.catch(() => {})
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
