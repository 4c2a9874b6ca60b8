import net from 'node:net';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';
import { readClientHello, type ClientHello } from '../../../../shared/bytes/client-hello.ts';
import { sniff } from '../../../../shared/bytes/sniff.ts';
import { UNRECORDED } from '../../../../shared/events/call-event.ts';
import type { TunnelFacts } from '../../../../shared/model/call.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { monotonicMicroseconds, wallMicroseconds } from '../../pipeline/clock.ts';
import { attemptOver, ConnectError, type Connected } from '../../pipeline/forward/connect.ts';
import { lossFailure } from '../../pipeline/forward/failures.ts';
import type { Refused } from '../../pipeline/dispatch.ts';
import type { GovernedTunnel } from '../../pipeline/stages/govern.ts';
import { cutConnection } from './cut.ts';
import { governTunnel, sayDenied, type TunnelGovernance } from './governed-tunnel.ts';
import { recordUnproven } from './record-refused.ts';
import { relay } from './relay.ts';
import type { Leg, Surroundings } from './surroundings.ts';

/** What serves the HTTP found inside a tunnel. */
export interface Serve {
  http1(socket: Duplex, leg: Leg, first: Buffer): void;
  http2(socket: Duplex, leg: Leg): void;
}

/** A connection to the target that is there already; when it was begun, µs since the tunnel's start. */
interface Made {
  connected: Connected;
  started: number;
}

const EMPTY = Buffer.alloc(0);
/** An end this soon after the handshake is no idle connection given up. */
const SILENT_REFUSAL_MS = 2_000;
/** What we offer a client, in our order of preference among what it offers. */
const SPOKEN = ['h2', 'http/1.1', 'http/1.0'];

/**
 * The inside of a CONNECT or SOCKS tunnel whose client has been told that it is open: looks at the
 * first bytes and decides. TLS is intercepted, HTTP served, and anything else passed on unread and
 * recorded as a tunnel with the reason.
 */
export function openTunnel(
  around: Surroundings,
  leg: Leg,
  target: { host: string; port: number },
  socket: Duplex,
  first: Buffer,
  serve: Serve,
): void {
  const tunnel = new Tunnel(around, leg, target, socket, serve);
  tunnel.begin(first);
}

class Tunnel {
  readonly #around: Surroundings;
  readonly #leg: Leg;
  readonly #target: { host: string; port: number };
  readonly #socket: Duplex;
  readonly #serve: Serve;
  #held: Buffer = EMPTY;
  #timer: NodeJS.Timeout | null = null;
  /** While we listen whether the server speaks first. */
  #listening: AbortController | null = null;
  readonly #startedAt = wallMicroseconds();
  readonly #origin = monotonicMicroseconds();

  constructor(around: Surroundings, leg: Leg, target: { host: string; port: number }, socket: Duplex, serve: Serve) {
    this.#around = around;
    this.#leg = leg;
    this.#target = target;
    this.#socket = socket;
    this.#serve = serve;
  }

  begin(first: Buffer): void {
    this.#socket.on('error', ignore);
    this.#socket.on('data', this.#onData);
    this.#socket.on('end', this.#onEnd);
    this.#socket.on('close', this.#onClose);
    // Protocols in which the server speaks first (SMTP, FTP, MySQL …) would wait for ever.
    this.#timer = setTimeout(() => this.#hearServer(), this.#around.limits.serverFirstTime);
    this.#socket.resume();
    if (first.length > 0) this.#onData(first);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const kind = sniff(this.#held);
    if (kind === 'need-more') return;
    if (kind === 'http1' || kind === 'h2-preface') {
      const leg: Leg = { ...this.#leg, fixed: { scheme: 'http', ...this.#target } };
      const held = this.#leave();
      if (kind === 'http1') this.#serve.http1(this.#socket, leg, held);
      else {
        this.#socket.unshift(held);
        this.#serve.http2(this.#socket, leg);
      }
      return;
    }
    if (kind !== 'tls') {
      this.#passOn('not-http', null);
      return;
    }
    const hello = readClientHello(this.#held);
    if (hello.state === 'need-more') return;
    const name = hello.serverName ?? this.#target.host;
    if (hello.state === 'not-tls') this.#passOn('not-http', null);
    else if (this.#around.isPassThrough(name) || this.#around.isPassThrough(this.#target.host))
      this.#passOn('pass-through', hello);
    else if (hello.alpn.length > 0 && !hello.alpn.some((protocol) => SPOKEN.includes(protocol)))
      this.#passOn('not-http', hello);
    else this.#intercept(hello);
  };

  /**
   * The client is silent: it waits for the server, or it is only slow (a busy machine, a connection opened ahead of
   * need). Whoever speaks first says which; a client that does is served as if nobody had asked the server.
   */
  #hearServer(): void {
    // Something that is no beginning we know: it is for the server to answer. Where policies may have something to say, nobody
    // is connected to before they have.
    const early = this.#around.admission.mustProve(this.#leg) || this.#mayBeRefused();
    if (this.#held.length > 0 || early) return this.#passOn('server-first', null);
    const { host, port } = this.#target;
    const listening = new AbortController();
    const { signal } = listening;
    this.#listening = listening;
    this.#timer = setTimeout(() => this.#socket.destroy(), this.#around.limits.idleTime);
    const started = monotonicMicroseconds() - this.#origin;
    this.#around.connect({ scheme: 'https', host, port, alpn: null, tunnel: true }, signal).then(
      (connected) => {
        const { socket } = connected;
        socket.on('error', ignore);
        const stop = (): void => {
          signal.removeEventListener('abort', giveUp);
          socket.off('data', hear).off('close', goAgain);
        };
        const giveUp = (): void => {
          stop();
          socket.destroy();
        };
        const hear = (chunk: Buffer): void => {
          stop();
          socket.pause();
          socket.unshift(chunk);
          this.#passOn('server-first', null, { connected, started });
        };
        const goAgain = (): void => {
          stop();
          this.#passOn('server-first', null);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp);
        socket.on('data', hear).on('close', goAgain);
      },
      () => {
        // Tried again for the record, which says why.
        if (!signal.aborted) this.#passOn('server-first', null);
      },
    );
  }

  readonly #onEnd = (): void => {
    // Nothing was said, or something that never became a protocol we know.
    if (this.#held.length > 0) this.#passOn('not-http', null);
    else {
      this.#leave();
      this.#socket.end();
    }
  };

  readonly #onClose = (): void => {
    this.#leave();
  };

  /** Takes our hands off the socket; returns what was read. */
  #leave(): Buffer {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const listening = this.#listening;
    this.#listening = null;
    listening?.abort();
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.#socket.pause();
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  #intercept(hello: ClientHello): void {
    const held = this.#leave();
    const { host, port } = this.#target;
    // The name the client asks for is the one its certificate check will use.
    const leaf = this.#around.authority.leafFor(hello.serverName ?? host);
    this.#socket.unshift(held);
    const secured = new tls.TLSSocket(this.#socket, {
      isServer: true,
      secureContext: leaf.secureContext,
      ALPNProtocols: SPOKEN.filter((protocol) => hello.alpn.includes(protocol)),
    });
    this.#serveSecured(secured, { ...this.#leg, fixed: { scheme: 'https', host, port } }, hello);
  }

  /**
   * Sees the handshake through and serves what the first bytes inside say is spoken. A client that
   * refuses our certificate sends an alert, breaks off, or (Node's own clients) finishes the
   * handshake and closes without a word: an end right after it, before any byte, is taken for that.
   */
  #serveSecured(secured: tls.TLSSocket, leg: Leg, hello: ClientHello): void {
    const { handshakeTime, serverFirstTime, idleTime } = this.#around.limits;
    let finishedAt: number | null = null;
    let held: Buffer = EMPTY;
    let failure: Error | null = null;
    const onData = (chunk: Buffer): void => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const kind = sniff(held);
      if (kind === 'need-more') return;
      leave();
      if (kind === 'h2-preface') {
        secured.unshift(held);
        this.#serve.http2(secured, leg);
      } else if (kind === 'http1' || secured.alpnProtocol === 'http/1.1') this.#serve.http1(secured, leg, held);
      else this.#carry(secured, held, 'not-http', hello, hello.alpn);
    };
    const onError = (error: Error): void => {
      failure ??= error;
    };
    // Without a tls.Server node reports TLS errors after the handshake on this event only.
    const onTlsError = (error: Error): void => {
      failure ??= error;
      secured.destroy();
    };
    const onEnd = (): void => {
      leave();
      const rejected = finishedAt === null || performance.now() - finishedAt < SILENT_REFUSAL_MS;
      if (held.length === 0 && rejected) this.#recordRejected(hello, failure);
      secured.destroy();
      this.#socket.destroy();
    };
    const leave = (): void => {
      clearTimeout(timer);
      secured.off('data', onData).off('end', onEnd).off('close', onEnd);
      secured.pause();
    };
    let timer = setTimeout(() => secured.destroy(new Error('it was not finished in time')), handshakeTime);
    secured.on('error', onError).on('_tlsError', onTlsError);
    secured.on('data', onData).on('end', onEnd).on('close', onEnd);
    secured.once('secure', () => {
      finishedAt = performance.now();
      clearTimeout(timer);
      // node's own tls.Server does this too, and http2 waits for ever without it.
      (secured as unknown as { secureConnecting: boolean }).secureConnecting = false;
      secured.setNoDelay(true);
      // Only a client that named no HTTP may be one that waits for the server to speak first.
      timer = secured.alpnProtocol
        ? setTimeout(onEnd, idleTime)
        : setTimeout(() => {
            leave();
            this.#carry(secured, held, 'server-first', hello, hello.alpn);
          }, serverFirstTime * 4);
    });
    secured.resume();
  }

  #passOn(reason: TunnelFacts['reason'], hello: ClientHello | null, made: Made | null = null): void {
    this.#carry(this.#socket, this.#leave(), reason, hello, null, made);
  }

  /** Connects to the target and passes bytes on unread. `alpn` null: plain TCP; a list: inside TLS of ours. */
  #carry(
    client: Duplex,
    first: Buffer,
    reason: TunnelFacts['reason'],
    hello: ClientHello | null,
    alpn: string[] | null,
    made: Made | null = null,
  ): void {
    const { host } = this.#target;
    // TLS to the proxy itself is a way to ask it, not one past it: nobody has proved anything yet. Or identity has
    // become required since the tunnel was opened.
    if (this.#around.admission.mustProve(this.#leg)) {
      const detail = 'The tunnel was opened by somebody who did not prove who it is.';
      recordUnproven(this.#around, this.#leg, { kind: 'identity-required', detail }, 0, EMPTY);
      made?.connected.socket.destroy();
      cutConnection(client, this.#leg.bottom);
      return;
    }
    const call = this.#open(hello === null ? 'tcp' : 'tls');
    this.#around.emit({ type: 'tunnelled', call, ...tunnelFacts(reason, hello, host) });
    governTunnel(
      this.#around,
      this.#asked(call, hello),
      client,
      first,
      (refused, said, governance) => {
        if (refused === null) this.#connectAnd(client, said, alpn, made, call, governance);
        else this.#refuse(client, hello !== null && alpn === null, made, call, refused);
      },
      () => {
        made?.connected.socket.destroy();
        this.#close(call, { kind: 'client-left', detail: 'The caller dropped the tunnel while it was held.' }, 0, 0);
        client.destroy();
      },
    );
  }

  #asked(call: number, hello: ClientHello | null): GovernedTunnel {
    const { host, port } = this.#target;
    const { app, tags, connection } = this.#leg;
    return {
      call,
      at: this.#startedAt,
      app: app ?? connection?.app ?? null,
      process: connection?.process ?? null,
      tags,
      scheme: hello === null ? 'tcp' : 'tls',
      // Of an address the name that is asked for there says more.
      host: net.isIP(host) === 0 ? host : (hello?.serverName ?? host),
      port,
    };
  }

  /** Whether policies would hold or refuse a tunnel from here; what it would take of them is given back. */
  #mayBeRefused(): boolean {
    const { governing } = this.#around;
    const governed = governing.idle ? null : governing.meetTunnel(this.#asked(UNRECORDED, null));
    if (governed === null) return false;
    let allowed = false;
    governed.decide(null, (refused) => {
      allowed = refused === null;
    });
    const nothing = { durationUs: 0, timeToFirstByteUs: null, requestBytes: 0, responseBytes: 0 };
    governed.over({ left: false, status: null, failed: true, ...nothing });
    return !allowed || governed.check !== null;
  }

  #refuse(client: Duplex, inHandshake: boolean, made: Made | null, call: number, refused: Refused): void {
    made?.connected.socket.destroy();
    this.#close(call, refused.failure, 0, 0);
    sayDenied(client, inHandshake);
    if (inHandshake) client.end();
    else cutConnection(client, this.#leg.bottom);
  }

  #connectAnd(
    client: Duplex,
    first: Buffer,
    alpn: string[] | null,
    made: Made | null,
    call: number,
    governance: TunnelGovernance,
  ): void {
    const { host, port } = this.#target;
    const check = governance.governed?.check ?? null;
    const connecting = new AbortController();
    const onGone = (): void => connecting.abort();
    client.once('close', onGone);
    const started = made?.started ?? monotonicMicroseconds() - this.#origin;
    const target = { scheme: 'https', host, port, alpn, tunnel: true } as const;
    (made === null
      ? this.#around.connect(check === null ? target : { ...target, check }, connecting.signal)
      : Promise.resolve(made.connected)
    )
      .then((connected) => {
        const { facts } = connected;
        const refused = check?.(facts.via === null ? facts.remoteAddress : null, facts.tls?.version ?? null) ?? null;
        if (refused === null) return connected;
        connected.socket.destroy();
        throw new ConnectError(refused.failure, facts, refused.answer);
      })
      .then(
        async (connected) => {
          client.off('close', onGone);
          this.#around.emit({ type: 'attempted', call, ...attemptOver(connected.facts, started, false, null) });
          await this.#relayTo(client, first, connected, call, governance);
        },
        (error: unknown) => {
          const failure: Failure =
            error instanceof ConnectError ? error.failure : { kind: 'internal', detail: String(error) };
          if (error instanceof ConnectError)
            this.#around.emit({ type: 'attempted', call, ...attemptOver(error.facts, started, false, failure) });
          if (error instanceof ConnectError && error.own !== undefined) governance.governed?.answered(error.own);
          governance.over(false, true, 0, 0);
          this.#close(call, failure, 0, 0);
          cutConnection(client, this.#leg.bottom);
        },
      )
      .catch(this.#around.onBug);
  }

  async #relayTo(
    client: Duplex,
    first: Buffer,
    connected: Connected,
    call: number,
    governance: TunnelGovernance,
  ): Promise<void> {
    const { socket } = connected;
    if (first.length > 0) socket.write(first);
    const end = await relay(client, socket, { bottom: this.#leg.bottom });
    let failure: Failure | null = null;
    if (end.error?.side === 'origin')
      failure = lossFailure(end.error.error, this.#target.host, 'in the middle of the tunnel');
    else if (end.error !== null)
      failure = this.#leg.pass?.ended ?? { kind: 'client-left', detail: 'The caller dropped the tunnel.' };
    governance.over(true, failure !== null, end.sent + first.length, end.received);
    this.#close(call, failure, end.sent + first.length, end.received);
  }

  /** The client did not go through with TLS towards us. */
  #recordRejected(hello: ClientHello, error: Error | null): void {
    const code = (error as { code?: string } | null)?.code ?? '';
    const text = error?.message ?? '';
    // Alerts by which clients say that they do not trust a certificate (RFC 8446 §6.2), and the silent close.
    const rejected =
      /unknown ca|bad certificate|certificate unknown|certificate_unknown|unknown_ca|bad_certificate|unsupported certificate|access denied/i.test(
        `${code} ${text}`.replaceAll('_', ' '),
      );
    const silent = error === null || code === 'ECONNRESET' || code === 'EPIPE';
    const reason = rejected || silent ? 'client-rejected-ca' : 'tls-failed';
    const call = this.#open('tls');
    this.#around.emit({ type: 'tunnelled', call, ...tunnelFacts(reason, hello, this.#target.host) });
    this.#close(
      call,
      rejected || silent
        ? {
            kind: 'tls-client-rejected-us',
            detail: rejected
              ? `The program does not trust Sallyport’s CA (${text}).`
              : 'The program closed the connection during the TLS handshake, as programs do that do not trust Sallyport’s CA or that pin a certificate.',
          }
        : {
            kind: 'tls-client-failed',
            detail: `The TLS handshake with the program failed: ${text || 'no reason given'}.`,
          },
      0,
      0,
    );
  }

  #open(scheme: 'tls' | 'tcp'): number {
    const call = this.#around.nextCallId();
    const { host, port } = this.#target;
    this.#leg.connection?.began(call, 'CONNECT', '', this.#leg.app);
    this.#around.emit({
      type: 'opened',
      call,
      startedAt: this.#startedAt,
      kind: 'tunnel',
      source: 'proxy',
      app: this.#leg.app ?? this.#leg.connection?.app ?? null,
      process: this.#leg.connection?.process ?? null,
      tags: this.#leg.tags,
      clientAddress: this.#leg.clientAddress,
      method: 'CONNECT',
      scheme,
      host,
      port,
      target: '',
      protocol: scheme,
      headers: '',
    });
    return call;
  }

  #close(call: number, failure: Failure | null, requestBytes: number, responseBytes: number): void {
    this.#around.emit({
      type: 'closed',
      call,
      at: monotonicMicroseconds() - this.#origin,
      failure,
      requestBytes,
      responseBytes,
      trailers: '',
    });
  }
}

function ignore(): void {}

function tunnelFacts(reason: TunnelFacts['reason'], hello: ClientHello | null, host: string): TunnelFacts {
  const name = hello?.serverName ?? host;
  const advice: Record<TunnelFacts['reason'], string> = {
    'pass-through': `${name} is on the pass-through list; take it off to see inside.`,
    'not-http': 'The bytes are not HTTP, so there is nothing to read; they were passed on unchanged.',
    'client-rejected-ca': `The program did not accept Sallyport’s certificate for ${name}. Start it with “sallyport run -- …”, make it trust the CA (sallyport ca path), or, if it pins the vendor’s certificate, put ${name} on the pass-through list.`,
    'tls-failed': `The program and Sallyport could not agree on TLS. If it is very old or unusual, put ${name} on the pass-through list.`,
    'server-first':
      'The program waited for the server to speak first, as mail and database protocols do; the bytes were passed on unchanged.',
    idle: 'Nothing was sent through it.',
  };
  return { reason, serverName: hello?.serverName ?? null, alpn: hello?.alpn ?? [], advice: advice[reason] };
}
