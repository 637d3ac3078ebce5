import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { URL } from 'node:url';

/**
 * TLS before a server that speaks in the clear, in the process that calls: so its cost is none of the target's.
 *
 * @param folder - where the certificate is made, for `localhost`; a target is told of it by `NODE_EXTRA_CA_CERTS`.
 */
export async function openTlsFront(url, folder) {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
  ];
  const of = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...made, ...of, '-keyout', key, '-out', certificate], { stdio: 'ignore' });

  const { port, pathname } = new URL(url);
  const front = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    const server = connect(Number(port), '127.0.0.1');
    socket.setNoDelay(true);
    server.setNoDelay(true);
    socket.pipe(server).pipe(socket);
    for (const end of [socket, server]) {
      end.on('error', () => {
        socket.destroy();
        server.destroy();
      });
    }
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  return { url: `wss://localhost:${String(front.address().port)}${pathname}`, certificate };
}
