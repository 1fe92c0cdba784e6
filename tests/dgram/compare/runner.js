// Plays scripts on Node's dgram, one after the other, and prints what happens. What the words mean, player.rs says.
'use strict';
const dgram = require('dgram');
const fs = require('fs');
const net = require('net');

const lines = [];
let sockets, ports;

function parse(text) {
  const scripts = [];
  let open = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('# ')) {
      const body = [];
      scripts.push({ name: line.slice(2), body });
      open = [body];
    } else if (line === '}') {
      open.pop();
    } else if (line) {
      const words = line.split(/ +/);
      const step = { words };
      if (words.at(-1) === '{') {
        words.pop();
        step.block = [];
      }
      open.at(-1).push(step);
      if (step.block) open.push(step.block);
    }
  }
  return scripts;
}

function log(text) { lines.push('  ' + text); }
function known(text) {
  return String(text).replace(/\d+/g, (n) => (ports.has(n) ? '@' + ports.get(n) : n));
}
function words(error) { return known(`${error.code} ${error.message}`); }
// A port that nobody has heard of is the kernel's choice.
function place(a) {
  const port = a.port === 0 ? '0' : ports.has(String(a.port)) ? known(a.port) : '?';
  return `${a.address} ${a.family} ${port}`;
}

function make(name, type, options) {
  const given = { type };
  let deaf = false;
  for (const option of options) {
    const [key, value] = option.split('=');
    if (key === 'deaf') deaf = true;
    else if (key === 'reuse') given.reuseAddr = true;
    else if (key === 'v6only') given.ipv6Only = true;
    else if (key === 'recv') given.recvBufferSize = +value;
    else if (key === 'send') given.sendBufferSize = +value;
    else if (key === 'lookup') given.lookup = lookups[value];
  }
  const socket = dgram.createSocket(given);
  sockets.set(name, socket);
  socket.on('listening', () => {
    ports.set(String(socket.address().port), name);
    log(`${name} listening`);
  });
  socket.on('connect', () => log(`${name} connect`));
  socket.on('message', (bytes, rinfo) => {
    const text = bytes.length > 20 ? '..' : `"${bytes}"`;
    log(`${name} message ${text} ${rinfo.size} from ${place(rinfo)}`);
  });
  if (!deaf) socket.on('error', (error) => log(`${name} error ${words(error)}`));
  socket.on('close', () => log(`${name} close`));
}

const lookups = {
  // Knows addresses, and nobody by name.
  nobody: (name, family, callback) => process.nextTick(() => {
    if (net.isIP(name)) return callback(null, name, family);
    const error = new Error(`getaddrinfo ENOTFOUND ${name}`);
    error.code = 'ENOTFOUND';
    callback(error);
  }),
  // Says who is asked for, and takes an immediate and a tick.
  slow: (name, family, callback) => {
    log(`lookup ${name} ${family}`);
    setImmediate(() => process.nextTick(() => callback(null, family === 4 ? '127.0.0.1' : '::1', family)));
  },
};

const port = (word) => {
  if (word === undefined || word === '-') return undefined;
  return word[0] === '@' ? sockets.get(word.slice(1)).address().port : +word;
};
const address = (word) => (word === '-' ? undefined : word);

function call(name, method, args, block) {
  const socket = sockets.get(name);
  const about = `${name}.${method}`;
  const after = block && ((error, value) => {
    log(`${about} -> ${error instanceof Error ? words(error) : value ?? 'done'}`);
    play(block);
  });
  const last = after ? [after] : [];
  const value = (v) => { if (v !== undefined) log(`${about} = ${v}`); };
  const on = args[0] === 'on';
  switch (method) {
    case 'bind':
      return void socket.bind({ port: port(args[0]), address: address(args[1]) }, ...last);
    case 'send': {
      const [kind, ...rest] = args[0].split(':');
      const to = args.length > 1 && args[1] !== '-' ? [port(args[1]), address(args[2])] : [];
      if (kind === 'part') return void socket.send(rest[0], +rest[1], +rest[2], ...to, ...last);
      const payload = kind === 'size' ? Buffer.alloc(+rest[0], 'x') : kind === 'list' ? rest[0].split(',') :
        kind === 'none' ? [] : kind === 'empty' ? '' : args[0];
      return void socket.send(payload, ...to, ...last);
    }
    case 'connect': return void socket.connect(port(args[0]), ...(args[1] ? [args[1]] : []), ...last);
    case 'disconnect': return void socket.disconnect();
    case 'close': return void socket.close(...last);
    case 'address': return value(place(socket.address()));
    case 'remote_address': return value(place(socket.remoteAddress()));
    case 'set_broadcast': return void socket.setBroadcast(on);
    case 'set_ttl': return void socket.setTTL(+args[0]);
    case 'set_multicast_ttl': return void socket.setMulticastTTL(+args[0]);
    case 'set_multicast_loopback': return void socket.setMulticastLoopback(on);
    case 'set_multicast_interface': return void socket.setMulticastInterface(args[0]);
    case 'join': return void socket.addMembership(address(args[0]) ?? '', args[1]);
    case 'leave': return void socket.dropMembership(address(args[0]) ?? '', args[1]);
    case 'join_source': return void socket.addSourceSpecificMembership(...args);
    case 'leave_source': return void socket.dropSourceSpecificMembership(...args);
    case 'recv_buffer': return value(socket.getRecvBufferSize());
    case 'send_buffer': return value(socket.getSendBufferSize());
    case 'set_recv_buffer': return void socket.setRecvBufferSize(+args[0]);
    case 'set_send_buffer': return void socket.setSendBufferSize(+args[0]);
    case 'queue': return value(`${socket.getSendQueueSize()} ${socket.getSendQueueCount()}`);
    case 'ref': return void socket.ref();
    case 'unref': return void socket.unref();
  }
  throw new Error(`what is ${method}?`);
}

function play(steps) {
  for (const { words: [verb, ...args], block } of steps) {
    switch (verb) {
      case 'new': make(args[0], args[1], args.slice(2)); break;
      case 'log': log(args.join(' ')); break;
      case 'tick': process.nextTick(() => { log('tick'); play(block); }); break;
      case 'immediate': setImmediate(() => { log('immediate'); play(block); }); break;
      case 'once': sockets.get(args[0]).once(args[1], () => { log(`once ${args.join(' ')}`); play(block); }); break;
      default: {
        const [name, method] = verb.split('.');
        try {
          call(name, method, args, block);
        } catch (error) {
          if (!error.code) throw error;
          log(`${name}.${method} ! ${words(error)}`);
        }
      }
    }
  }
}

const scripts = parse(fs.readFileSync(process.argv[2], 'utf8'));
function next() {
  const script = scripts.shift();
  if (!script) return process.off('beforeExit', next);
  lines.push('# ' + script.name);
  sockets = new Map();
  ports = new Map();
  // In a callback of the loop's, so that what is said before the first tick is all of the program.
  setImmediate(() => play(script.body));
}
process.on('uncaughtException', (error) => log(`uncaught ${words(error)}`));
process.on('beforeExit', next);
process.on("exit", () => fs.writeSync(1, lines.join("\n") + "\n"));
