import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loopbackCertificate } from './loopback-certificate.ts';
import { temporaryFolder } from './journal.ts';

/** What stands in front of an engine, with the sample that the guide shows. */
export interface ReverseProxy {
  readonly name: 'nginx' | 'Caddy';
  readonly sample: string;
  /** Path of the program. Undefined where it is not installed, and that is said aloud. */
  readonly program: string | undefined;
  /** The sample's lines that let WebSockets through; of a proxy that needs none, nothing. */
  readonly upgradeLines: RegExp | undefined;
  /** What lets this machine in as one of the networks inside. */
  readonly inside: RegExp;
  /** The whole configuration: the sample for one port of this machine, without TLS. */
  configured(
    sample: string,
    ports: { readonly proxy: number; readonly engine: number },
    folder: string,
  ): string;
  /** The sample as it is, with a certificate: to be checked and not run. */
  checkable(sample: string, folder: string): string;
  run(file: string, folder: string): readonly string[];
  check(file: string, folder: string): readonly string[];
}

const found = (program: string) => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  const path = folders.map((folder) => join(folder, program)).find((each) => existsSync(each));
  if (path === undefined)
    process.stderr.write(
      `NO ${program.toUpperCase()}: its sample is not tried. apt-get install ${program}\n`,
    );
  return path;
};

const inHttp = (site: string, folder: string) => `
  ${process.getuid?.() === 0 ? 'user root;' : ''}
  daemon off;
  pid ${folder}/nginx.pid;
  error_log stderr warn;
  events { worker_connections 256; }
  http {
    access_log off;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${folder}/${each};`).join('\n')}
    ${site}
  }`;

const nginx: ReverseProxy = {
  name: 'nginx',
  sample: 'deploy/nginx.conf',
  program: found('nginx'),
  upgradeLines: /^ *proxy_set_header (?:Upgrade|Connection) .*\n/gm,
  inside: /^ *127\.0\.0\.0\/8 .*\n/m,
  configured: (sample, ports, folder) =>
    inHttp(
      sample
        .replaceAll(/^ *ssl_.*\n/gm, '')
        .replace(/^ *listen \[::\].*\n/m, '')
        .replace('listen 443 ssl', `listen 127.0.0.1:${String(ports.proxy)}`)
        .replace('127.0.0.1:3000', `127.0.0.1:${String(ports.engine)}`),
      folder,
    ),
  checkable: (sample, folder) => {
    const { certFile } = loopbackCertificate();
    return inHttp(
      sample
        .replace(/\S+fullchain\.pem/, certFile)
        .replace(/\S+privkey\.pem/, certFile.replace('cert.pem', 'key.pem')),
      folder,
    );
  },
  run: (file, folder) => ['-p', folder, '-e', 'stderr', '-c', file],
  check: (file, folder) => ['-t', '-q', '-p', folder, '-e', 'stderr', '-c', file],
};

const caddy: ReverseProxy = {
  name: 'Caddy',
  sample: 'deploy/Caddyfile',
  program: found('caddy'),
  upgradeLines: undefined,
  inside: /127\.0\.0\.0\/8 /,
  configured: (sample, ports) =>
    `{\n\tadmin off\n\tauto_https off\n}\n${sample
      .replace(/^calls\.example\.com/m, `http://127.0.0.1:${String(ports.proxy)}`)
      .replace('127.0.0.1:3000', `127.0.0.1:${String(ports.engine)}`)}`,
  checkable: (sample) => sample,
  run: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  check: (file) => ['validate', '--adapter', 'caddyfile', '--config', file],
};

export const REVERSE_PROXIES: readonly ReverseProxy[] = [nginx, caddy];

export const sampleOf = ({ sample }: ReverseProxy): string => readFileSync(sample, 'utf8');

/** A port of this machine that nothing has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function started(proxy: ReverseProxy, configuration: string, how: 'run' | 'check', folder: string) {
  if (proxy.program === undefined) throw new Error(`${proxy.name} is not installed`);
  const file = join(folder, 'proxy.conf');
  writeFileSync(file, configuration);
  const child = spawn(proxy.program, [...proxy[how](file, folder)], {
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  return { child, said: () => said };
}

/** What the proxy itself says of the sample as it stands in its file. Empty: nothing. */
export async function checkSample(proxy: ReverseProxy): Promise<{ code: number | null; said: string }> {
  const folder = temporaryFolder();
  const { child, said } = started(proxy, proxy.checkable(sampleOf(proxy), folder), 'check', folder);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: said() };
}

/** Starts the proxy, waits until it listens, and ends it after the test. */
export async function startProxy(
  proxy: ReverseProxy,
  sample: string,
  ports: { readonly proxy: number; readonly engine: number },
): Promise<void> {
  const folder = temporaryFolder();
  const { child, said } = started(proxy, proxy.configured(sample, ports, folder), 'run', folder);
  onTestFinished(() => ended(child));
  while (!(await listens(ports.proxy))) {
    if (child.exitCode !== null) throw new Error(`${proxy.name} did not start: ${said()}`);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'close');
  child.kill('SIGTERM');
  await exit;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(resolve, 50, false));
  });
}
