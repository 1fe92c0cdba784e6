// Plays one scenario on Node's own `net` and prints its trace: `node runner.js [FILE]`, from standard input without FILE. docs/scenarios.md
// says what scenarios and traces are; play/ does the same on uvox. The scenario is taken to be sound, since it was read by uvox before.
'use strict';

const { mkdtempSync, readFileSync, rmSync } = require('fs');
const net = require('net');
const { tmpdir } = require('os');
const { join } = require('path');

const DEFAULT_LIMIT_MS = 3000;
const { server: wanted = {}, clients = [], path: onPath = false, limit, script = {} } = JSON.parse(readFileSync(process.argv[2] ?? 0, 'utf8'));

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

function run(who, list = []) {
  for (const [action, ...given] of list) {
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
const somebody = net.createServer();
somebody.listen(0, '127.0.0.1', () => {
  nobodysPort = somebody.address().port;
  somebody.close(serve);
});
