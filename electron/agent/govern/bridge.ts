import { randomBytes } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import type { RequestHead } from '../../../shared/bytes/http1-head.ts';
import { createAnswerWatch, type AnswerWatch } from './answer-watch.ts';
import type { ProxyWay } from './choose-way.ts';
import { FAILURE_KEY, failureOf, withoutFailure, type HttpClient } from './failure-error.ts';
import { createGate, type Gate } from './gate.ts';
import type { Surroundings } from './surroundings.ts';
import { bytesOf } from './written.ts';
import type { TakenConnection } from './take-connects.ts';

/** Only our proxy, who is given it, can say it: an origin cannot pretend to be a failure. */
const KEY = randomBytes(16).toString('hex');
/** What may be sent a second time when its connection died without a byte of answer (RFC 9110 §9.2.2). */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Where the calls of a connection go on, and how far they are. */
interface Leg {
  kind: 'proxy' | 'direct';
  socket: net.Socket;
  ready: boolean;
}

/**
 * Carries what a program says on a taken connection to the engine's proxy, in absolute form, and the answers back.
 * `proxy` is connected. When it is lost the next leg leads straight to the origin, as the program would have gone.
 */
export function bridge(connection: TakenConnection, way: ProxyWay, proxy: net.Socket, around: Surroundings): void {
  const { socket, options } = connection;
  let leg: Leg | null = null;
  /** The running request, as long as it may have to be sent again. */
  let running: { head: RequestHead; raw: Buffer; whole: boolean } | null = null;
  let unsent: { pieces: Buffer[]; done: (error?: Error | null) => void } | null = null;
  let over = false;
  let kept = true;

  const watch: AnswerWatch = createAnswerWatch({
    onHead(head, raw) {
      const failure = leg?.kind === 'proxy' ? failureOf(head, KEY, way, clientOf(socket)) : null;
      if (failure === null) return raw;
      if (failure.error === null && !failure.ended) return withoutFailure(raw);
      over = true;
      if (failure.error !== null) socket.destroy(failure.error);
      else socket.push(null);
      return null;
    },
    give,
    onEnd() {
      running = null;
      gate.answered();
    },
    onRaw() {
      running = null;
      gate.toRaw();
    },
  });

  const gate: Gate = createGate({
    ask: (head) => around.ask(socket, head, `${way.scheme}://${way.authority}`, true),
    begin(head, raw, direct) {
      if (leg?.kind === 'proxy' && (direct || !namesAuthority(head, way))) drop(leg);
      leg ??= goOn('direct', openDirect());
      running = { head, raw, whole: head.framing.kind === 'none' };
      watch.expect(head.method);
      return headFor(leg, head, raw);
    },
    send(pieces, done) {
      leg ??= goOn('direct', openDirect());
      if (leg.ready) sendOn(leg.socket, pieces, done);
      else unsent = { pieces, done };
    },
    answer(bytes) {
      give(bytes);
      socket.push(null);
    },
  });

  function headFor(to: Leg, head: RequestHead, raw: Buffer): Buffer {
    if (to.kind === 'direct') return raw;
    const line = `${head.method} ${targetFor(head, way)} HTTP/1.${head.minor}\r\n${around.credentials()}${FAILURE_KEY}: ${KEY}\r\n`;
    return Buffer.concat([Buffer.from(line, 'latin1'), raw.subarray(raw.indexOf('\r\n') + 2)]);
  }

  function goOn(kind: Leg['kind'], out: net.Socket): Leg {
    const to: Leg = { kind, ready: kind === 'proxy', socket: out };
    if (!kept) out.unref();
    out.setNoDelay(true);
    out.once(kind === 'direct' && way.scheme === 'https' ? 'secureConnect' : 'connect', () => {
      to.ready = true;
      const waiting = unsent;
      unsent = null;
      if (waiting !== null) sendOn(out, waiting.pieces, waiting.done);
    });
    out.on('data', (chunk: Buffer) => {
      if (leg === to) watch.read(chunk);
    });
    out.on('end', () => {
      if (leg === to && !mayRepeat(to)) socket.push(null);
    });
    out.on('error', (error) => lose(to, error));
    out.on('close', () => lose(to, null));
    return to;
  }

  function openDirect(): net.Socket {
    const to = { ...options, host: way.host, port: way.port };
    return around.forReal(() =>
      way.scheme === 'http' ? net.connect({ ...to, allowHalfOpen: true }) : tls.connect(to),
    );
  }

  function drop(old: Leg): void {
    leg = null;
    old.socket.destroy();
  }

  /** Nothing of the running request has been answered, and it does no harm to send it again. */
  function mayRepeat(lost: Leg): boolean {
    if (over || running === null || !watch.untouched || !running.whole) return false;
    return lost.kind === 'proxy' && REPEATABLE.has(running.head.method);
  }

  function lose(lost: Leg, error: Error | null): void {
    if (leg !== lost || over) return;
    leg = null;
    const waiting = unsent;
    unsent = null;
    if (lost.kind === 'proxy' && running !== null && (waiting !== null || mayRepeat(lost))) {
      // The engine has gone, or this connection to it: as without us, then.
      const { head, raw } = running;
      leg = goOn('direct', openDirect());
      const pieces = [headFor(leg, head, raw), ...(waiting?.pieces.slice(1) ?? [])];
      unsent = { pieces, done: waiting?.done ?? ignore };
      return;
    }
    over = true;
    waiting?.done(error);
    if (error !== null && running !== null) socket.destroy(error);
    else if (!socket.readableEnded) {
      socket.push(null);
      if (running !== null) socket.destroySoon();
    }
  }

  function give(piece: Buffer): void {
    socket._unrefTimer();
    if (!socket.push(piece)) leg?.socket.pause();
  }

  socket._writeGeneric = (_writev, data, encoding, done) => gate.write(bytesOf(data, encoding), done);
  socket._read = () => leg?.socket.resume();
  socket._final = (done) => {
    if (leg?.ready === true) leg.socket.end();
    done();
  };
  // A client lets the process end while its connection is idle.
  const { ref, unref } = socket;
  socket.ref = () => {
    kept = true;
    leg?.socket.ref();
    return ref.call(socket);
  };
  socket.unref = () => {
    kept = false;
    leg?.socket.unref();
    return unref.call(socket);
  };
  leg = goOn('proxy', proxy);
  socket.once('close', () => {
    over = true;
    gate.close();
    leg?.socket.destroy();
  });
}

/** `Connection`-wise a proxy would believe the target and refuse a Host that says something else. */
function namesAuthority(head: RequestHead, way: ProxyWay): boolean {
  if (head.method === 'CONNECT' || head.minor === 0) return false;
  if (!head.target.startsWith('/') && head.target !== '*') return false;
  const host = head.host?.trim().toLowerCase() ?? '';
  const usual = way.scheme === 'https' ? 443 : 80;
  const authority = way.authority.toLowerCase();
  return host === authority || (way.port === usual && host === `${authority}:${usual}`);
}

function targetFor(head: RequestHead, way: ProxyWay): string {
  return `${way.scheme}://${way.authority}${head.target === '*' ? '' : head.target}`;
}

/** node:http keeps the running request at its socket. */
function clientOf(socket: net.Socket): HttpClient {
  return (socket as { _httpMessage?: unknown })._httpMessage ? 'node' : 'undici';
}

function sendOn(socket: net.Socket, pieces: Buffer[], done: (error?: Error | null) => void): void {
  if (pieces.length === 1) {
    socket.write(pieces[0]!, done);
    return;
  }
  socket.cork();
  for (let i = 0; i < pieces.length - 1; i++) socket.write(pieces[i]!);
  socket.write(pieces.at(-1)!, done);
  socket.uncork();
}

function ignore(): void {}
