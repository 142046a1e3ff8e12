/** A file party over SFTP with a pinned host key. */
import SftpClient from 'ssh2-sftp-client'
import { type FileParty, UNFINISHED_SUFFIX, type WaitingFile } from './file-party.js'

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
}

/** How long a connection may take; a server that hangs longer is down. */
const READY_TIMEOUT_MS = 20_000

export function sftpParty(options: SftpPartyOptions): FileParty {
  let client: SftpClient | null = null
  const path = (folder: string, name: string): string => `${folder}/${name}`

  async function connected(): Promise<SftpClient> {
    if (client !== null) return client
    const quiet = () => {}
    const fresh = new SftpClient('meterhall', { error: quiet, end: quiet, close: quiet })
    await fresh.connect({
      host: options.host,
      port: options.port,
      username: options.username,
      privateKey: options.privateKey,
      readyTimeout: READY_TIMEOUT_MS,
      hostHash: 'sha256',
      hostVerifier: (key: unknown) => String(key) === options.hostKeySha256,
    } as Parameters<SftpClient['connect']>[0])
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
      return await work(sftp)
    } catch (error) {
      if (client === sftp) client = null
      await sftp.end().catch(() => false)
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
        const listed = (await sftp.list(folder)).filter((entry) => entry.type === '-' && !entry.name.endsWith(UNFINISHED_SUFFIX) && !entry.name.endsWith('.part'))
        const files: WaitingFile[] = []
        for (const entry of listed.sort((a, b) => (a.name < b.name ? -1 : 1))) {
          const content = (await sftp.get(path(folder, entry.name))) as Buffer
          // still growing: its size moved since it was listed, or while it was read
          const after = await sftp.stat(path(folder, entry.name))
          if (entry.size === content.length && after.size === content.length) files.push({ name: entry.name, content })
        }
        return files
      }),
    remove: (folder, name) =>
      using(async (sftp) => {
        await sftp.delete(path(folder, name), true)
      }),
    async close() {
      const sftp = client
      client = null
      await sftp?.end()
    },
  }
}
