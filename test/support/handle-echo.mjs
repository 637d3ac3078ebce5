/** Sends back every socket that it is given: what its parent gets has gone from one process to another and back. */
process.on('message', (message, socket) => {
  // Node has let the socket read since it came, and forgets what was read when it is sent on.
  const read = socket.read();
  socket._handle.readStop();
  process.send({ ...message, read: read?.toString('base64') ?? '' }, socket);
});
