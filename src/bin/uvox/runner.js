// Plays one scenario on Node's own `net` and `dgram` and prints its trace: `node runner.js [FILE]`, from standard input without FILE. docs/scenarios.md
// says what scenarios and traces are; play/ does the same on uvox. The scenario is taken to be sound, since it was read by uvox before.
'use strict';

const dgram = require('dgram');
const { mkdtempSync, readFileSync, rmSync } = require('fs');
const net = require('net');
const { tmpdir } = require('os');
const { join } = require('path');

const DEFAULT_LIMIT_MS = 3000;
const { server: wanted = {}, clients = [], path: onPath = false, udp = [], limit, script = {} } = JSON.parse(readFileSync(process.argv[2] ?? 0, 'utf8'));

let server;
let directory; // where the server's path is, if it has one
let nobodysPort;
let peers = 0;
let over = false;

// What each endpoint saw: its lines, and how many bytes its last line counts if that is one of data.
const traces = {};

function note(name, line) {
  const trace = (traces[name] ??= { lines: [], bytes: null });
  trace.lines.push(line);
  trace.bytes = null;
}

function noteData(name, length) {
  const trace = traces[name];
  if (trace && trace.bytes !== null) trace.lines.pop();
  const bytes = (trace?.bytes ?? 0) + length;
  note(name, `data ${bytes}`);
  traces[name].bytes = bytes;
}

const outcome = (error) => (error ? error.code || error.name : 'ok');
const letters = (length) => Buffer.alloc(length, 'a');

// What a script can do. Each is given who does it, and the action's arguments.
const actions = {
  'write'({ name, socket }, length) {
    const more = socket.write(letters(length), (error) => note(name, `write-cb ${outcome(error)}`));
    note(name, `write ${length} ${more}`);
  },
  'end'({ name, socket }, length) {
    if (length) socket.end(letters(length));
    else socket.end();
    note(name, 'end-call');
  },
  'end-cb'({ name, socket }) {
    socket.end((error) => note(name, `end-cb ${outcome(error)}`));
    note(name, 'end-call');
  },
  'destroy': ({ socket }) => socket.destroy(),
  'destroy-err'({ socket }) {
    const boom = new Error('boom');
    boom.code = 'EBOOM';
    socket.destroy(boom);
  },
  'destroy-soon': ({ socket }) => socket.destroySoon(),
  'reset': ({ socket }) => socket.resetAndDestroy(),
  'pause': ({ socket }) => socket.pause(),
  'resume': ({ socket }) => socket.resume(),
  'cork': ({ socket }) => socket.cork(),
  'uncork': ({ socket }) => socket.uncork(),
  'echo': ({ socket }) => socket.pipe(socket),
  'timeout': ({ socket }, ms) => socket.setTimeout(ms),
  'connect': (_, number) => connect(number),
  'close-server': () => server.close((error) => note('server', `close-cb ${outcome(error)}`)),
  'connections': () => server.getConnections((error, count) => note('server', `connections ${outcome(error)} ${count}`)),
  'after': (who, ms, then) => setTimeout(() => run(who, then), ms),
  'tick': (who, then) => process.nextTick(() => later(who, 'tick', then)),
  'immediate': (who, then) => setImmediate(() => later(who, 'immediate', then)),
  'state'({ name, socket }) {
    const shown = {
      connecting: socket.connecting,
      destroyed: socket.destroyed,
      readable: socket.readable,
      writable: socket.writable,
      queued: socket.writableLength,
      read: socket.bytesRead,
      written: socket.bytesWritten,
    };
    note(name, `state ${socket.readyState} ${Object.entries(shown).map((one) => one.join('=')).join(' ')}`);
  },
};

// Sockets for datagrams, and the port that each has had, once it had one.
const sockets = [];
const loopback = ({ ipv6 }) => (ipv6 ? '::1' : '127.0.0.1');

// Who has a port, or had it.
function whoHas(port) {
  const number = sockets.findIndex((one) => one.port === port);
  if (number >= 0) return `socket${number}`;
  return port === nobodysPort ? 'nobody' : 'somebody';
}

// Port and address of whom something goes to; neither for whom the socket is connected to.
function target(who, to) {
  if (to === undefined) return [];
  if (to === 'nobody') return [nobodysPort, loopback(who)];
  if (Array.isArray(to)) return [to[0], to[1]];
  const { port, address } = sockets[to].socket.address();
  // What is bound to all addresses can be reached at this one.
  return [port, ['0.0.0.0', '::'].includes(address) ? loopback(who) : address];
}

function send(who, pieces, to, callback) {
  const [port, address] = target(who, to);
  if (Array.isArray(pieces)) {
    const list = pieces.map(letters);
    if (to === undefined) who.socket.send(list, callback);
    else who.socket.send(list, port, address, callback);
  } else if (to === undefined) {
    who.socket.send(letters(pieces), callback);
  } else {
    // With offset and length there is no doubt which argument is which.
    who.socket.send(letters(pieces), 0, pieces, port, address, callback);
  }
}

function bind(who, address = loopback(who), port = 0, callback = undefined) {
  const number = typeof port === 'string' ? sockets[port.slice('socket'.length)].socket.address().port : port;
  who.socket.bind(number, address, callback);
}

// Makes a call, and writes down what it throws; whether it threw nothing.
function attempt(who, call) {
  try {
    call();
    return true;
  } catch (error) {
    note(who.name, `throw ${outcome(error)}`);
    return false;
  }
}

// A call of a function of that name.
const calls = (name) => ({ socket }, ...given) => socket[name](...given);

// What only sockets for datagrams can do. What is thrown is written down.
const datagramActions = {
  'bind': (who, address, port) => bind(who, address, port),
  'bind-cb': (who, address, port) => bind(who, address, port, () => note(who.name, 'bind-cb')),
  'send': (who, pieces, to) => send(who, pieces, to),
  'send-cb': (who, pieces, to) => send(who, pieces, to, (error, bytes) => {
    note(who.name, `send-cb ${outcome(error)}${error ? '' : ` ${bytes}`}`);
  }),
  'connect': (who, to) => who.socket.connect(...target(who, to)),
  'connect-cb': (who, to) => who.socket.connect(...target(who, to), (error) => note(who.name, `connect-cb ${outcome(error)}`)),
  'disconnect': calls('disconnect'),
  'close': calls('close'),
  'close-cb': ({ name, socket }) => socket.close(() => note(name, 'close-cb')),
  'set-ttl': calls('setTTL'),
  'set-multicast-ttl': calls('setMulticastTTL'),
  'set-broadcast': calls('setBroadcast'),
  'set-multicast-loopback': calls('setMulticastLoopback'),
  'set-multicast-interface': calls('setMulticastInterface'),
  'add-membership': calls('addMembership'),
  'drop-membership': calls('dropMembership'),
  'ref': calls('ref'),
  'unref': calls('unref'),
  'as': (_, number, then) => run(sockets[number], then),
  'state'({ name, socket }) {
    const found = (get) => {
      try {
        return get();
      } catch (error) {
        return outcome(error);
      }
    };
    const address = found(() => socket.address().address);
    if (address === 'ERR_SOCKET_DGRAM_NOT_RUNNING') return note(name, 'state closed');
    const remote = found(() => whoHas(socket.remoteAddress().port));
    note(name, `state address=${address} remote=${remote} queued=${socket.getSendQueueSize()} count=${socket.getSendQueueCount()}`);
  },
};

function run(who, list = []) {
  for (const [action, ...given] of list) {
    if (who.datagrams && action in datagramActions) {
      attempt(who, () => datagramActions[action](who, ...given));
      continue;
    }
    if (!(action in actions)) throw new Error(`there is no action ${action}`);
    actions[action](who, ...given);
  }
}

function later(who, what, then) {
  note(who.name, what);
  run(who, then);
}

// An endpoint's own script comes before the one for all of its kind.
function happened(who, event) {
  const kind = who.name.replace(/[0-9]+$/, '');
  run(who, script[`${who.name}.${event}`] ?? script[`${kind}.${event}`]);
}

function listen(who, silent) {
  const on = (event, record) => who.socket.on(event, (argument) => {
    record(argument);
    happened(who, event);
  });
  for (const event of ['connect', 'ready', 'end', 'finish', 'drain', 'timeout']) on(event, () => note(who.name, event));
  on('error', (error) => note(who.name, `error ${outcome(error)}`));
  on('close', (failed) => note(who.name, `close ${failed}`));
  if (!silent) on('data', (chunk) => noteData(who.name, chunk.length));
}

function connect(number) {
  const { allowHalfOpen = false, noData = false, to } = clients[number] ?? {};
  const who = { name: `client${number}`, socket: new net.Socket({ allowHalfOpen }) };
  listen(who, noData);
  if (to === 'nobody') who.socket.connect(nobodysPort, '127.0.0.1');
  else if (onPath) who.socket.connect(server.address());
  else who.socket.connect(server.address().port, '127.0.0.1');
  happened(who, 'start');
}

function serve() {
  const { allowHalfOpen = false, pauseOnConnect = false, maxConnections, noData = false } = wanted;
  server = net.createServer({ allowHalfOpen, pauseOnConnect });
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    const who = { name: `peer${peers++}`, socket };
    listen(who, noData);
    note('server', 'connection');
    happened(who, 'connection');
  });
  const itself = { name: 'server', socket: null };
  for (const event of ['listening', 'drop', 'close']) server.on(event, () => later(itself, event, script[`server.${event}`]));
  server.on('error', (error) => note('server', `error ${outcome(error)}`));
  const started = () => clients.forEach(({ manual }, number) => manual || connect(number));
  if (onPath) {
    directory = mkdtempSync(join(tmpdir(), 'uvox-scenario-'));
    server.listen(join(directory, 'socket'), started);
  } else {
    server.listen(0, '127.0.0.1', started);
  }
}

function makeSocket({ type = 'udp4', reuseAddr = false, ipv6Only = false }, number) {
  const socket = dgram.createSocket({ type, reuseAddr, ipv6Only });
  const who = { name: `socket${number}`, socket, datagrams: true, ipv6: type === 'udp6', port: null };
  const on = (event, record) => socket.on(event, (...given) => {
    record(...given);
    happened(who, event);
  });
  on('listening', () => {
    who.port = socket.address().port;
    note(who.name, 'listening');
  });
  on('message', (bytes, { port }) => note(who.name, `message ${bytes.length} from ${whoHas(port)}`));
  on('error', (error) => note(who.name, `error ${outcome(error)}`));
  on('connect', () => note(who.name, 'connect'));
  on('close', () => note(who.name, 'close'));
  sockets.push(who);
}

// Starts a socket; the next one when it is bound, or is known not to be.
function start(number) {
  if (number >= sockets.length) return;
  const who = sockets[number];
  if (udp[number].manual) {
    happened(who, 'start');
    return start(number + 1);
  }
  let told = false;
  const next = () => {
    if (told) return;
    told = true;
    start(number + 1);
  };
  for (const event of ['listening', 'error', 'close']) who.socket.once(event, next);
  // An action of another one may have been quicker.
  const refused = !attempt(who, () => bind(who));
  happened(who, 'start');
  if (refused) next();
}

function conclude(how) {
  if (over) return;
  over = true;
  const lines = Object.keys(traces).sort().flatMap((name) => traces[name].lines.map((line) => `${name} ${line}`));
  console.log([...lines, `exit ${how}`].join('\n'));
  if (directory) rmSync(directory, { recursive: true, force: true });
  process.exit(0);
}

process.on('beforeExit', () => conclude('drained'));
process.on('uncaughtException', (error) => {
  note('process', `uncaught ${outcome(error)}`);
  conclude('uncaught');
});
setTimeout(() => conclude('limit'), limit || DEFAULT_LIMIT_MS).unref();

// The port that nobody listens on was somebody's a moment ago.
if (udp.length) {
  const somebody = dgram.createSocket('udp4');
  somebody.bind(0, '127.0.0.1', () => {
    nobodysPort = somebody.address().port;
    somebody.close(() => {
      udp.forEach(makeSocket);
      start(0);
    });
  });
} else {
  const somebody = net.createServer();
  somebody.listen(0, '127.0.0.1', () => {
    nobodysPort = somebody.address().port;
    somebody.close(serve);
  });
}
