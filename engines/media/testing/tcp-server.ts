import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Listens while `client` runs, which is given the address; what the client sent last is still read. */
export async function whileListening<T>(
  serve: (socket: Socket) => void,
  client: (address: string) => Promise<T>,
): Promise<T> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const result = await client(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    await Promise.all(
      sockets.map((socket) => socket.closed || new Promise((resolve) => socket.once('close', resolve))),
    )
    return result
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}
