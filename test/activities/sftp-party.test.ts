import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FileParty, WaitingFile } from '../../activities/file-party.js'
import { sftpParty } from '../../activities/sftp-party.js'
import { newSftpKeyPair, type SimulatedSftpServer, startSftpServer } from '../../simulators/sftp-server.js'

const keys = newSftpKeyPair()
let server: SimulatedSftpServer
let one: FileParty
let other: FileParty
beforeAll(async () => {
  server = await startSftpServer({
    parties: { utility: { directories: ['inbox'], users: [{ name: 'meterhall', publicKey: keys.publicKey }] } },
  })
  const party = () =>
    sftpParty({
      host: '127.0.0.1',
      port: server.port,
      username: 'meterhall',
      privateKey: keys.privateKey,
      hostKeySha256: server.hostKeySha256(),
      outbox: 'outbox',
    })
  one = party()
  other = party()
})
afterAll(async () => {
  await Promise.all([one.close(), other.close()])
  await server.close()
})

test('a file that another worker takes away while the folder is read is left out, and the others are read', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, '0')}.edi`)
  for (const name of names) server.put('utility', `inbox/${name}`, Buffer.from(name))
  // both are connected; the first lists the folder before the second has asked three things and takes the last file away
  await Promise.all([one.look('none', 1), other.look('none', 1)])
  const reading = one.waiting('inbox')
  for (let asked = 0; asked < 3; asked++) await other.look('none', 1)
  const last = names.at(-1) ?? ''
  await other.remove('inbox', { name: last, path: last, content: Buffer.from(last) })
  expect((await reading).map((file) => file.name)).toEqual(names.slice(0, -1))
})

describe('taking a file away after it was stored', () => {
  const put = (text: string) => server.put('utility', 'inbox/answer.edi', Buffer.from(text))
  const texts = async () =>
    (await one.waiting('inbox')).map((file) => `${file.name}: ${Buffer.from(file.content).toString()}`)
  async function read(): Promise<WaitingFile> {
    const [file] = await one.waiting('inbox')
    if (file === undefined) throw new Error('the test put a file there')
    return file
  }
  beforeEach(async () => {
    for (const file of await one.waiting('inbox')) await one.remove('inbox', file)
  })

  test.each<[string, () => void]>([
    ['on a server that lets us rename', () => {}],
    ['on one that lets us delete only', () => server.inject({ kind: 'refuse-rename' })],
  ])('%s: what was read is gone, and what came since under its name stays', async (_name, prepare) => {
    put('first')
    const first = await read()
    prepare()
    await one.remove('inbox', first)
    expect(await texts()).toEqual([])
    put('first')
    const again = await read()
    // as long as the other, and of the same second
    put('other')
    prepare()
    await one.remove('inbox', again)
    expect(await texts()).toEqual(['answer.edi: other'])
    await one.remove('inbox', again)
    expect(await texts()).toEqual(['answer.edi: other'])
  })

  test('a file that comes after the rename lies beside the one set aside, and both are read under their name', async () => {
    put('first')
    const first = await read()
    put('later')
    await one.remove('inbox', first)
    put('last')
    expect((await texts()).sort()).toEqual(['answer.edi: last', 'answer.edi: later'])
  })

  test('the connection is lost after the rename: the file is read again from where it was set aside, and taken away then', async () => {
    put('first')
    const first = await read()
    server.inject({ kind: 'cut-after-rename' })
    await expect(one.remove('inbox', first)).rejects.toThrow()
    const again = await read()
    expect([again.name, again.path === again.name]).toEqual(['answer.edi', false])
    await one.remove('inbox', again)
    expect(server.list('utility', 'inbox')).toEqual([])
  })

  test('two workers that take the same file away both find it done', async () => {
    put('first')
    const first = await read()
    await Promise.all([one.remove('inbox', first), other.remove('inbox', first)])
    expect(server.list('utility', 'inbox')).toEqual([])
  })
})
