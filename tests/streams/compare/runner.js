// Plays scripts on Node's own streams, and prints what happened: events in one list, results of calls in another. What a script is, `script.rs` says.
'use strict';
const { Readable, Writable, Duplex, finished, pipeline } = require('stream');
const scripts = require('fs').readFileSync(0, 'utf8').split('\n\n').filter((text) => text.trim());

const PATTERN = Buffer.from('aé☃😀z', 'utf8');

function play(text, done) {
  const [name, ...lines] = text.trim().split('\n');
  const configs = lines.filter((line) => line.startsWith('set '));
  const steps = lines.slice(configs.length);
  const shared = { events: [], results: [], peers: new Map() };
  for (const config of configs) {
    const [, first, ...rest] = config.split(' ');
    const named = !first.includes('=');
    const own = named ? first : '';
    const pairs = named ? rest : [first, ...rest];
    shared.peers.set(own, player(shared, own, Object.fromEntries(pairs.map((pair) => pair.split('=')))));
  }
  const [main] = shared.peers.values();
  let next = 0;
  let idle = 0;
  const turn = () => {
    if (next < steps.length) {
      for (const act of steps[next++].split(' ; ')) main.run(act);
      setImmediate(turn);
    } else if (idle++ < 20) {
      setImmediate(turn);
    } else {
      for (const own of shared.peers.keys()) main.run(own ? `${own}.state` : 'state');
      done([`# ${name}`, ...shared.events, '--', ...shared.results].join('\n'));
    }
  };
  setImmediate(turn);
}

function player(shared, own, set) {
  const { events, results, peers } = shared;
  let counter = 0;
  const payload = (length) => Buffer.from(Array.from({ length }, () => PATTERN[counter++ % PATTERN.length]));
  const show = (chunk) => (typeof chunk === 'string' ? `t:${chunk}` : chunk.toString('hex'));
  const log = (what) => events.push(own ? `${own}: ${what}` : what);
  const code = (error) => (error ? ` ${error.code ?? error.message}` : '');
  const waiting = [];
  let pushes = Number(set.pushes ?? 0);
  let writes = 0;

  const when = (mode, act) => {
    if (mode === 'sync') act();
    else if (mode === 'tick') process.nextTick(act);
    else if (mode === 'later') setImmediate(act);
    else waiting.push(act);
  };
  const options = {
    allowHalfOpen: set.half !== '0',
    autoDestroy: set.auto !== '0',
    emitClose: set.close !== '0',
    readableHighWaterMark: Number(set.rhwm ?? 16384),
    writableHighWaterMark: Number(set.whwm ?? 16384),
    readable: set.readable !== '0',
    writable: set.writable !== '0',
    read() {
      if (set.quiet !== '1') log('_read');
      if (!set.read || set.read === 'none') return;
      when(set.read, () => {
        if (pushes-- > 0) stream.push(payload(Number(set.size ?? 3)));
        else if (pushes === -1) stream.push(null);
      });
    },
    write(chunk, encoding, callback) {
      log(`_write ${show(chunk)}`);
      const failing = ++writes === Number(set.failat ?? 0);
      when(set.write ?? 'hold', (error) => callback(error ?? (failing ? new Error('failed') : null)));
    },
  };
  if (set.writev === '1') {
    options.writev = (chunks, callback) => {
      log(`_writev ${chunks.map((one) => show(one.chunk)).join(',')}`);
      const failing = ++writes === Number(set.failat ?? 0);
      when(set.write ?? 'hold', (error) => callback(error ?? (failing ? new Error('failed') : null)));
    };
  }
  if (set.final) {
    options.final = (callback) => {
      log('_final');
      if (set.final === 'fail') callback(new Error('final failed'));
      else when(set.final, () => callback(null));
    };
  }
  if (set.construct) {
    options.construct = (callback) => {
      log('_construct');
      if (set.construct === 'fail') callback(new Error('not constructed'));
      else when(set.construct, () => callback(null));
    };
  }
  if (set.destroy) {
    options.destroy = (error, callback) => {
      log(`_destroy${code(error)}`);
      if (set.destroy === 'fail') callback(new Error('destroy failed'));
      else when(set.destroy, () => callback(error));
    };
  }
  if (set.enc) options.encoding = set.enc;
  let stream;
  if (set.kind === 'readable') {
    stream = new Readable({ ...options, highWaterMark: options.readableHighWaterMark });
  } else if (set.kind === 'writable') {
    stream = new Writable({ ...options, highWaterMark: options.writableHighWaterMark });
  } else {
    stream = new Duplex(options);
  }

  let reactions = (set.react ?? '').split('+').filter(Boolean).map((one) => {
    const [event, nth, act] = one.split('@');
    return { event, left: Number(nth), act: act.replace(/_/g, ' ') };
  });
  const react = (event) => {
    for (const one of reactions) {
      if (one.event === event && (one.left === 0 || --one.left === 0)) {
        if (one.left === 0 && one.act !== 'readall') reactions = reactions.filter((other) => other !== one);
        run(one.act);
      }
    }
  };
  for (const event of ['end', 'finish', 'prefinish', 'drain', 'pause', 'resume', 'close']) {
    stream.on(event, () => { log(event); react(event); });
  }
  stream.on('error', (error) => { log(`error${code(error)}`); react('error'); });
  for (const event of ['pipe', 'unpipe']) stream.on(event, () => log(event));
  const listeners = {
    data: (chunk) => { log(`data ${show(chunk)}`); react('data'); },
    readable: () => { log('readable'); react('readable'); },
  };
  let number = 0;
  const told = (what) => {
    const own = ++number;
    return (error) => log(`${what} ${own}${code(error)}`);
  };

  const acts = {
    push: (n) => stream.push(payload(Number(n))),
    eof: () => { stream.push(null); },
    unshift: (n) => stream.unshift(payload(Number(n))),
    read: (n) => { const got = n === undefined ? stream.read() : stream.read(Number(n)); return got === null ? null : show(got); },
    readall: () => { let all = []; for (let got; (got = stream.read()) !== null;) all.push(show(got)); return all.join(','); },
    pause: () => { stream.pause(); },
    resume: () => { stream.resume(); },
    on: (event) => { stream.on(event, listeners[event]); },
    once: (event) => { stream.once(event, listeners[event]); },
    // To take off what is not there has an effect on Node, of a 'readable' that is not there; here there is nothing to name it by.
    off: (event) => { if (stream.listeners(event).includes(listeners[event])) stream.off(event, listeners[event]); },
    write: (n) => stream.write(payload(Number(n)), told('written')),
    writeq: (n) => stream.write(payload(Number(n))),
    cork: () => { stream.cork(); },
    uncork: () => { stream.uncork(); },
    end: () => { stream.end(); },
    endcb: () => { stream.end(told('ended')); },
    endwith: (n) => { stream.end(payload(Number(n))); },
    destroy: (error) => { stream.destroy(error && new Error(error)); },
    ack: () => { waiting.shift()?.(); },
    nack: () => { waiting.shift()?.(new Error('nack')); },
    enc: (encoding) => { stream.setEncoding(encoding); },
    pipe: (to) => { stream.pipe(peers.get(to).stream); },
    pipen: (to) => { stream.pipe(peers.get(to).stream, { end: false }); },
    unpipe: (from) => { stream.unpipe(from && peers.get(from).stream); },
    finished: (what) => {
      const options = what === 'r' ? { writable: false } : what === 'w' ? { readable: false } : what === 'noerr' ? { error: false } : {};
      finished(stream, options, told('finished'));
    },
    pipeline: (all) => { pipeline(...all.split(',').map((one) => peers.get(one).stream), told('pipeline')); },
    state: () => [
      stream.readableLength, stream.readableFlowing, stream.readableEnded, stream.isPaused?.(), stream.readable,
      stream.writableLength, stream.writableNeedDrain, stream.writableEnded, stream.writableFinished, stream.writableCorked, stream.writable,
      stream.destroyed, stream.closed, stream.errored?.code ?? stream.errored?.message ?? null,
    ].map((one) => (one === undefined ? '-' : String(one))).join(' '),
  };
  const act = (verb, argument) => acts[verb](argument);
  const run = (text) => {
    const [call, argument] = text.split(' ');
    const [peer, verb] = call.includes('.') ? call.split('.') : [own, call];
    const at = results.push(text) - 1;
    results[at] = `${text} = ${peers.get(peer).act(verb, argument) ?? '-'}`;
  };
  return { stream, act, run };
}

function all(at) {
  if (at === scripts.length) return;
  play(scripts[at], (log) => { process.stdout.write(`${log}\n\n`); all(at + 1); });
}
all(0);
