import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileParty } from '../../activities/file-party.js'
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
  await other.remove('inbox', names.at(-1) ?? '')
  expect((await reading).map((file) => file.name)).toEqual(names.slice(0, -1))
})
