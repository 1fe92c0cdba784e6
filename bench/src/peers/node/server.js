// Node's server: says who it is and where it listens, then serves until it is killed.
'use strict';
const dgram = require('dgram');
const net = require('net');

const [service, path] = process.argv.slice(1);
const piece = Buffer.alloc(64 * 1024, 'n');
let first = null;

function fill(socket) {
  while (socket.write(piece));
}

const services = {
  echo: (socket) => socket.on('data', (data) => socket.write(data)),
  sink: (socket) => socket.on('data', () => {}),
  source: (socket) => {
    socket.on('drain', () => fill(socket));
    fill(socket);
  },
  relay: (socket) => {
    if (first === null) {
      first = socket;
    } else {
      first.pipe(socket);
      first = null;
    }
  },
};

function serveDatagrams() {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (bytes, from) => socket.send(bytes, from.port, from.address));
  socket.bind({ address: '127.0.0.1', port: 0 }, () => {
    process.stdout.write(`${process.pid} 127.0.0.1:${socket.address().port}\n`);
  });
}

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  services[service](socket);
});

function announce() {
  const place = path === undefined ? `127.0.0.1:${server.address().port}` : path;
  process.stdout.write(`${process.pid} ${place}\n`);
}

const backlog = 4096;
if (service === 'udp-echo') {
  serveDatagrams();
} else {
  server.listen(path === undefined ? { host: '127.0.0.1', port: 0, backlog } : { path, backlog }, announce);
}
