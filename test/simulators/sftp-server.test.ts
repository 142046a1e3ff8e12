import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type SFTPWrapper } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newSftpKeyPair, startSftpServer, type SimulatedSftpServer } from '../../simulators/sftp-server.js'

const key = newSftpKeyPair()
const parties = {
  utility: {
    directories: ['inbox', 'outbox'],
    users: [{ name: 'supplier', publicKey: key.publicKey, password: 'open sesame' }],
  },
  'mail-house': { directories: ['batches'], users: [{ name: 'printer', password: 'ink' }] },
}
let server: SimulatedSftpServer
const clients: SftpClient[] = []

beforeEach(async () => {
  server = await startSftpServer({ parties })
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end().catch(() => undefined)
  await server.close()
})

function quietClient(): SftpClient {
  const ignored = (): void => {}
  const client = new SftpClient('test', { error: ignored, end: ignored, close: ignored })
  clients.push(client)
  return client
}

async function connect(options: SftpClient.ConnectOptions = {}): Promise<SftpClient> {
  const client = quietClient()
  await client.connect({
    host: '127.0.0.1',
    port: server.port,
    username: 'supplier',
    hostHash: 'sha256',
    hostVerifier: (seen: string) => seen === server.hostKeySha256(),
    ...(options.username === undefined ? { privateKey: key.privateKey } : {}),
    ...options,
  } as SftpClient.ConnectOptions)
  return client
}

const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, (_, index) => index % 251))

describe('who may enter', () => {
  test('every key pair it makes can be read, though one in 200 of the library cannot', () => {
    const pairs = Array.from({ length: 1500 }, newSftpKeyPair)
    expect(pairs.filter(({ privateKey }) => ssh2.utils.parseKey(privateKey) instanceof Error)).toEqual([])
  })

  test('a known key, and a known password, are let in', async () => {
    expect((await (await connect()).list('/')).map(({ name }) => name)).toEqual(['inbox', 'outbox'])
    const byPassword = await connect({ username: 'supplier', password: 'open sesame' })
    expect(await byPassword.exists('/inbox')).toBe('d')
  })

  test.each([
    ['a wrong password', { username: 'supplier', password: 'open barley' }],
    ['an unknown user', { username: 'nobody', password: 'open sesame' }],
    ['the password of another party', { username: 'printer', password: 'open sesame' }],
    ['an unknown key', { username: 'supplier', privateKey: newSftpKeyPair().privateKey }],
  ])('%s is turned away', async (_case, options) => {
    await expect(connect(options)).rejects.toThrow(/authentication/i)
  })

  test('a client that expects another host key leaves before it says who it is', async () => {
    const expected = server.hostKeySha256()
    await server.changeHostKey()
    expect(server.hostKeySha256()).not.toBe(expected)
    await expect(connect({ hostVerifier: (seen: string) => seen === expected } as never)).rejects.toThrow(
      /verification|denied/i,
    )
    await expect(connect()).resolves.toBeDefined()
  })
})

describe('files', () => {
  test('a put under a temporary name and a rename give the bytes back, and only then are they new', async () => {
    const renames: string[] = []
    server.onFileRenamed((party, from, to) => renames.push(`${party} ${from} ${to}`))
    const client = await connect()
    const content = bytes(300_000)
    await client.put(content, '/outbox/one.x12.tmp')
    expect(server.newFiles('utility', 'outbox')).toEqual([])
    await client.rename('/outbox/one.x12.tmp', '/outbox/one.x12')
    expect(renames).toEqual(['utility /outbox/one.x12.tmp /outbox/one.x12'])
    expect(server.newFiles('utility', 'outbox')).toEqual([{ name: 'one.x12', content }])
    server.markTaken('utility', 'outbox/one.x12')
    expect(server.newFiles('utility', 'outbox')).toEqual([])
    expect(await client.get('/outbox/one.x12')).toEqual(content)
  })

  test('a rename never overwrites, and names a missing file as missing', async () => {
    const client = await connect()
    await client.put(Buffer.from('first'), '/outbox/a')
    await client.put(Buffer.from('second'), '/outbox/b')
    await expect(client.rename('/outbox/b', '/outbox/a')).rejects.toThrow(/exists/)
    await expect(client.rename('/outbox/c', '/outbox/d')).rejects.toThrow(/No such file/)
    expect(server.read('utility', 'outbox/a')?.toString()).toBe('first')
    await expect(client.posixRename('/outbox/b', '/outbox/a')).rejects.toThrow()
  })

  test('what a party puts is there whole, with its size, and can be fetched and removed', async () => {
    server.put('utility', 'inbox/answer.x12', Buffer.from('ISA'))
    const client = await connect()
    const [entry] = await client.list('/inbox')
    expect(entry).toMatchObject({ name: 'answer.x12', type: '-', size: 3 })
    expect((await client.stat('/inbox/answer.x12')).size).toBe(3)
    expect(String(await client.get('/inbox/answer.x12'))).toBe('ISA')
    await client.delete('/inbox/answer.x12')
    expect(server.list('utility', 'inbox')).toEqual([])
    await expect(client.get('/inbox/answer.x12')).rejects.toThrow(/No such file/)
  })

  test('directories can be made, listed and removed when empty', async () => {
    const client = await connect()
    await client.mkdir('/outbox/2027/01', true)
    await client.put(Buffer.from('x'), '/outbox/2027/01/x')
    await expect(client.rmdir('/outbox/2027/01')).rejects.toThrow(/not-empty/)
    await client.rmdir('/outbox/2027', true)
    expect(await client.exists('/outbox/2027')).toBe(false)
  })

  test.each(['../../mail-house/batches', '/../mail-house/batches', 'outbox/../../mail-house/batches'])(
    'a path cannot climb out of the party: %s',
    async (path) => {
      server.put('mail-house', 'batches/secret.pdf', Buffer.from('%PDF'))
      const client = await connect()
      expect(await client.exists(`${path}/secret.pdf`)).toBe(false)
      await expect(client.put(Buffer.from('x'), `${path}/planted`)).rejects.toThrow()
      expect(server.list('mail-house', 'batches').map(({ name }) => name)).toEqual(['secret.pdf'])
    },
  )

  test('appending adds to the end', async () => {
    const client = await connect()
    await client.put(Buffer.from('one'), '/outbox/log')
    await client.append(Buffer.from(' two'), '/outbox/log')
    expect(server.read('utility', 'outbox/log')?.toString()).toBe('one two')
  })
})

describe('trouble on the line', () => {
  test.each([0, 1, 40_000])(
    'a connection cut after %i bytes leaves that much of the file, marked partial',
    async (afterBytes) => {
      server.inject({ kind: 'cut-write', afterBytes })
      const client = await connect()
      await expect(client.put(bytes(100_000), '/outbox/x.tmp')).rejects.toThrow()
      expect(server.list('utility', 'outbox')).toEqual([{ name: 'x.tmp', size: afterBytes, partial: true }])
      expect(await (await connect()).exists('/outbox/x.tmp')).toBe('-')
    },
  )

  test('a file cut off under its final name is handed to the party as it stands', async () => {
    server.inject({ kind: 'cut-write', afterBytes: 10 })
    await expect((await connect()).put(bytes(100), '/outbox/x.x12')).rejects.toThrow()
    expect(server.newFiles('utility', 'outbox')).toEqual([{ name: 'x.x12', content: bytes(10) }])
  })

  test('a connection cut while reading fails the read, and the next one succeeds', async () => {
    server.put('utility', 'inbox/x', bytes(200_000))
    server.inject({ kind: 'cut-read', afterBytes: 50_000 })
    await expect((await connect()).get('/inbox/x')).rejects.toThrow()
    expect(await (await connect()).get('/inbox/x')).toEqual(bytes(200_000))
  })

  test('a refused rename leaves the temporary file where it was', async () => {
    const client = await connect()
    await client.put(Buffer.from('x'), '/outbox/x.tmp')
    server.inject({ kind: 'refuse-rename' })
    await expect(client.rename('/outbox/x.tmp', '/outbox/x')).rejects.toThrow(/permission denied/i)
    expect(server.list('utility', 'outbox').map(({ name }) => name)).toEqual(['x.tmp'])
    await client.rename('/outbox/x.tmp', '/outbox/x')
  })

  test('a connection cut after a rename leaves the file renamed though the client heard an error', async () => {
    const client = await connect()
    await client.put(Buffer.from('x'), '/outbox/x.tmp')
    server.inject({ kind: 'cut-after-rename' })
    await expect(client.rename('/outbox/x.tmp', '/outbox/x')).rejects.toThrow()
    expect(server.list('utility', 'outbox').map(({ name }) => name)).toEqual(['x'])
  })

  test('a full disk refuses the write and keeps what fitted', async () => {
    server.inject({ kind: 'disk-full', afterBytes: 1000 })
    const client = (await connect()) as unknown as { readonly sftp: SFTPWrapper }
    const failure = await new Promise((resolve) => client.sftp.writeFile('/outbox/x.tmp', bytes(5000), resolve))
    expect(String(failure)).toMatch(/No space left/)
    expect(server.list('utility', 'outbox')[0]?.size).toBe(1000)
  })

  test('the size tells that a disk was full even where a client library reports success', async () => {
    server.inject({ kind: 'disk-full', afterBytes: 1000 })
    const client = await connect()
    // ssh2-sftp-client's put closes its stream on a failed write and takes the closing for the end of the file.
    await client.put(bytes(5000), '/outbox/x.tmp').catch(() => undefined)
    expect((await client.stat('/outbox/x.tmp')).size).toBe(1000)
  })

  test('short reads still give the whole file', async () => {
    server.put('utility', 'inbox/x', bytes(5000))
    server.inject({ kind: 'short-reads', bytes: 700 })
    expect(await (await connect()).get('/inbox/x')).toEqual(bytes(5000))
  })

  test('a stalled rename is carried out and answered at the release', async () => {
    const client = await connect()
    await client.put(Buffer.from('x'), '/outbox/x.tmp')
    const reached = new Promise<void>((resolve) =>
      server.inject({ kind: 'stall', operation: 'rename', reached: resolve }),
    )
    const rename = client.rename('/outbox/x.tmp', '/outbox/x')
    await reached
    expect((await (await connect()).list('/outbox')).map(({ name }) => name)).toEqual(['x.tmp'])
    server.release()
    await rename
    expect(server.list('utility', 'outbox').map(({ name }) => name)).toEqual(['x'])
  })
})

describe('a server with a folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sftp-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('files, what was taken and the host key are there again after a restart', async () => {
    await server.close()
    server = await startSftpServer({ parties, folder })
    const hostKey = server.hostKeySha256()
    const client = await connect()
    await client.put(Buffer.from('old'), '/outbox/old.x12')
    await client.put(Buffer.from('new'), '/outbox/new.tmp')
    await client.rename('/outbox/new.tmp', '/outbox/new.x12')
    server.markTaken('utility', 'outbox/old.x12')
    await client.end()
    await server.close()
    expect(readFileSync(join(folder, 'files/utility/outbox/new.x12'), 'utf8')).toBe('new')

    writeFileSync(join(folder, 'files/utility/inbox/by-hand.x12'), 'ISA')
    server = await startSftpServer({ parties, folder })
    expect(server.hostKeySha256()).toBe(hostKey)
    expect(server.newFiles('utility', 'outbox').map(({ name }) => name)).toEqual(['new.x12'])
    expect(server.read('utility', 'inbox/by-hand.x12')?.toString()).toBe('ISA')
  })
})
